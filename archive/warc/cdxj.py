"""CDXJ index lines and their keys (SURT); reads no record and no catalog."""

from __future__ import annotations

from datetime import datetime

from archive.clock import timestamp14
from archive.printable import json_text

# The media type that an index gives a revisit in place of its own, so that a replayer looks for the original.
REVISIT = "warc/revisit"


def line(
    key: str,
    captured_at: datetime,
    *,
    url: str,
    file: str,
    offset: int,
    length: int,
    status: int | None = None,
    mime: str | None = None,
    digest: str | None = None,
    is_precise: bool = False,
) -> str:
    """One CDXJ line, without the newline: key, time, JSON with numbers as strings, as pywb writes them.

    The time has 14 digits, and where it `is_precise` three more, of milliseconds.
    """
    if mime == REVISIT and status == 304:
        # ReplayWeb.page takes a status of 3xx for an answer without a body and shows a blank page; and the record,
        # whose block is empty, states none
        status = None
    fields = {
        "url": url,
        "mime": mime,
        "status": None if status is None else str(status),
        "digest": digest,
        "length": str(length),
        "offset": str(offset),
        "filename": file,
    }
    said = json_text({name: value for name, value in fields.items() if value is not None})
    milliseconds = f"{captured_at.microsecond // 1000:03}" if is_precise else ""
    return f"{key} {timestamp14(captured_at)}{milliseconds} {said}"
