"""Whether an address was ever captured, by the catalog, as the viewer would find it; reads no record."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

from archive.catalog import Catalog
from archive.warc.surt import urlkey

_MOST_NEAR = 5
# What stays as it is when an address is written in ASCII: percent signs and all that has a meaning in one.
_KEPT = "%!\"#$&'()*+,/:;<=>?@[\\]^_`{|}~"


def held_as(catalog: Catalog, url: str) -> str | None:
    """The address as typed or, where only that was captured, in ASCII; None where no capture of it is held."""
    for spelled in dict.fromkeys((url, _ascii(url))):
        if catalog.connection.execute("SELECT 1 FROM captures WHERE urlkey = ? LIMIT 1", (urlkey(spelled),)).fetchone():
            return spelled
    return None


def near(catalog: Catalog, url: str) -> list[str]:
    """Captured addresses of the same path, whatever their query."""
    path = urlkey(_ascii(url)).partition("?")[0]
    rows = catalog.connection.execute(
        """SELECT url FROM captures WHERE urlkey = :path OR urlkey >= :path || '?' AND urlkey < :path || '@'
        GROUP BY urlkey ORDER BY max(captured_at) DESC LIMIT :most""",
        {"path": path, "most": _MOST_NEAR},
    )
    return [found for (found,) in rows]


def _ascii(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.netloc.encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
    except (ValueError, UnicodeError):
        return url
    return urlunsplit((parts.scheme, host, quote(parts.path, _KEPT), quote(parts.query, _KEPT), ""))
