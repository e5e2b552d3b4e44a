"""What a citation says of an article, as plain text on one line."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Self

import attrs

from archive.export.rows import Row
from archive.identity import without_visitor
from archive.printable import printable, without_ignorable
from archive.zones import VIETNAM

# all but the characters of RFC 3986 and letters beyond ASCII
_UNSAFE = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]")


@attrs.frozen(kw_only=True)
class Reference:
    """The parts of a citation; texts have no line ends, no control characters and none that reorder text."""

    key: str
    """Letters, digits and hyphens; another for each version."""
    authors: tuple[str, ...]
    source: str | None
    """The agency or newspaper that the article was taken from."""
    title: str
    newspaper: str
    section: str | None
    published_at: datetime
    """By Vietnam's clock."""
    url: str
    """Of the captured page, without the session and campaign of its visitor."""
    language: str
    captured_at: datetime
    """By Vietnam's clock."""
    archive_address: str
    payload_digest: str | None
    record_id: str
    version: str

    @classmethod
    def of(cls, row: Row) -> Self:
        """The reference of a row."""
        return cls(
            key=_key(row),
            authors=tuple(filter(None, map(one_line, row.authors))),
            source=one_line(row.source or "") or None,
            title=one_line(row.title) or "–",
            newspaper=one_line(row.newspaper_title) or row.newspaper,
            section=one_line(row.section or "") or None,
            published_at=local(row.published_at),
            url=address(without_visitor(row.url)),
            language=one_line(row.language),
            captured_at=local(row.captured_at),
            archive_address=address(row.archive_address),
            payload_digest=one_line(row.payload_digest or "") or None,
            record_id=one_line(row.record_id),
            version=one_line(row.version),
        )

    @property
    def writers(self) -> tuple[str, ...]:
        """The authors; where none is known the agency that the article was taken from."""
        return self.authors or ((self.source,) if self.source else ())


def one_line(text: str) -> str:
    """The text on one line, without control characters and without characters that show nothing or reorder text."""
    return printable(" ".join(without_ignorable(text).split()))


def address(url: str) -> str:
    """The address with white space, quotation marks, braces and the like percent-encoded (RFC 3986, 2.1)."""
    return _UNSAFE.sub(_encoded, without_ignorable(url).strip())


def local(instant: datetime) -> datetime:
    """The instant by Vietnam's clock; as it is where that clock has no such year."""
    try:
        return instant.astimezone(VIETNAM)
    except OverflowError:
        return instant


def _encoded(found: re.Match[str]) -> str:
    sign = found[0]
    if not sign.isascii() and sign.isprintable():
        return sign
    return "".join(f"%{octet:02X}" for octet in sign.encode("utf-8", "replace"))


def _key(row: Row) -> str:
    """A key for BibTeX: the article's id, and the beginning of its version's hash where the id is not enough."""
    bare = re.sub(r"[^A-Za-z0-9]+", "-", row.id).strip("-")[:60]
    return f"{bare}-{hashlib.sha256(f'{row.id} {row.version}'.encode()).hexdigest()[:8]}"
