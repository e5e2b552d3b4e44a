"""The fields of an index line: their names, those of a capture, and a line as it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from archive.catalog import Capture
from archive.clock import timestamp14
from archive.printable import json_text
from archive.warc import cdxj

Row: TypeAlias = dict[str, str]
FIELDS = (
    "urlkey", "timestamp", "url", "mime", "status", "digest", "length", "offset", "filename", "method", "requestBody",
)  # fmt: skip
_OF_TEXT = FIELDS[:9]
_OTHER_NAMES = {
    "k": "urlkey", "t": "timestamp", "u": "url", "original": "url", "m": "mime", "mimetype": "mime", "s": "status",
    "statuscode": "status", "d": "digest", "l": "length", "o": "offset", "f": "filename",
}  # fmt: skip


def field_named(name: str) -> str | None:
    """The field of that name, also under the names that other servers have for it; None where there is none."""
    found = _OTHER_NAMES.get(name, name)
    return found if found in FIELDS else None


def row_of(capture: Capture) -> Row:
    """A capture as the fields of its line."""
    mime = cdxj.REVISIT if capture.type == "revisit" else capture.mime
    return {"urlkey": cdxj.without_white(capture.urlkey), "timestamp": timestamp14(capture.captured_at)} | cdxj.fields(
        url=capture.url, file=capture.file, offset=capture.offset, length=capture.length, status=capture.status,
        mime=mime, digest=capture.payload_digest,
    )  # fmt: skip


def line_of(row: Row, output: str, fields: Sequence[str] | None) -> str:
    """A row as it is sent: as CDXJ, as JSON, or as a text of its fields with spaces between them."""
    if output == "text":
        return " ".join(row.get(name, "-").replace(" ", "%20") or "-" for name in fields or _OF_TEXT) + "\n"
    kept = {name: row[name] for name in fields if name in row} if fields else row
    if output == "json":
        return json_text(kept) + "\n"
    of_json = {name: value for name, value in kept.items() if name not in ("urlkey", "timestamp")}
    return f"{row['urlkey']} {row['timestamp']} {json_text(of_json)}\n"
