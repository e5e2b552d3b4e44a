"""robots.txt (RFC 9309) as it was captured; asks no server for it."""

from __future__ import annotations

from protego import Protego

from archive.catalog import Capture, Catalog
from archive.collection import Collection
from archive.errors import RecordDamaged
from archive.originals import original_of
from archive.warc.reader import read_record

AGENT = "baotinh"  # the name by which robots.txt speaks of us
# RFC 9309, 2.5: at least 500 KiB must be read
_LONGEST = 512 * 1024


def read_robots(status: int, body: bytes) -> Protego:
    """The rules that an answer gives; where there is no robots.txt everything is allowed (RFC 9309, 2.3.1.3)."""
    return Protego.parse("" if status >= 400 else body[:_LONGEST].decode("utf-8", "replace"))


def robots_of(collection: Collection, catalog: Catalog, capture: Capture) -> Protego | None:
    """The rules that a capture of a robots.txt gives; None where it says nothing: 5xx, a redirect, a damaged record."""
    whole = original_of(collection, catalog, capture)
    if whole is None or whole.status is None or not (whole.status == 200 or 400 <= whole.status < 500):
        return None
    try:
        message = read_record(collection.warc_path(whole.file), whole.offset, whole.length).http
    except (RecordDamaged, OSError):
        return None
    return read_robots(whole.status, message.content(_LONGEST)) if message else None
