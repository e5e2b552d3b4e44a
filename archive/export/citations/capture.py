"""What a citation of a capture says: when, from where, by which software, which record, and which digest.

The PWID follows the registration of the URN namespace `pwid`: archive, time in UTC, precision, and address.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

import attrs

from archive.catalog import Capture, Catalog
from archive.catalog.former_files import part_begin
from archive.catalog.versions import versions_with
from archive.clock import timestamp14
from archive.collection import Collection
from archive.errors import NotAWarc, RecordDamaged, RecordMissing
from archive.export.citations.bibliography import escaped
from archive.export.citations.reference import address, local, one_line
from archive.originals import original_of, read_capture
from archive.warc.reader import Record, read_record
from archive.warc.recordhead import read_warc_fields
from archive.zones import utc_text

# RFC 8141, 2: what an identifier may hold, the percent sign of an escape included
_NOT_IN_URN = re.compile(r"[^A-Za-z0-9._~!$&'()*+,;=:@/%-]")
_UNKNOWN_ARCHIVE = "localhost"


@attrs.frozen(kw_only=True)
class CaptureReference:
    """The parts of a citation of a capture; what its record does not say is None."""

    record_id: str
    type: str
    url: str
    captured_at: datetime
    """By Vietnam's clock."""
    status: int | None
    mime: str | None
    title: str | None
    """Of the article that was read from it."""
    article_id: str | None
    ip_address: str | None
    protocols: tuple[str, ...]
    software: str | None
    """What the warcinfo record of its file says."""
    file: str
    offset: int
    length: int
    payload_digest: str | None
    block_digest: str | None
    original: str | None
    """Of a revisit the record that holds its bytes."""
    archive_address: str
    pwid: str

    @classmethod
    def of(cls, collection: Collection, catalog: Catalog, record_id: str, site: str = "") -> Self:
        """The reference of a capture; `site` is the origin of the archive's site.

        Raises:
            AddressWithheld: it is withheld from readers.
            RecordMissing: the catalog has no such capture.
        """
        capture = catalog.capture(record_id)
        if capture is None:
            catalog.refuse_withheld_capture(record_id)
            raise RecordMissing(record_id)
        record, original = _read(collection, capture), original_of(collection, catalog, capture)
        article_id, title = _article(catalog, record_id)
        said = record.header if record else lambda name: None
        return cls(
            record_id=record_id,
            type=capture.type,
            url=address(capture.url),
            captured_at=local(capture.captured_at),
            status=capture.status,
            mime=one_line(capture.mime or "") or None,
            title=title,
            article_id=article_id,
            ip_address=one_line(said("WARC-IP-Address") or "") or None,
            protocols=tuple(
                one_line(value) for name, value in (record.headers if record else ()) if name == "WARC-Protocol"
            ),
            software=_software(collection, catalog, capture),
            file=capture.file,
            offset=capture.offset,
            length=capture.length,
            payload_digest=capture.payload_digest,
            block_digest=one_line(said("WARC-Block-Digest") or "") or None,
            original=original.record_id if original and original.record_id != record_id else None,
            archive_address=f"{site}/web/{timestamp14(capture.captured_at)}/{address(capture.url)}",
            pwid=pwid(capture, site),
        )

    def values(self) -> dict[str, Any]:
        """As JSON values, with the BibTeX entry; the time in UTC."""
        said = attrs.asdict(self) | {"captured_at": utc_text(self.captured_at), "bibtex": self.bibtex()}
        return {"article" if name == "article_id" else name: value for name, value in said.items()}

    def bibtex(self) -> str:
        """A BibTeX entry in UTF-8."""
        note = [f"Captured {self.captured_at.isoformat()}", self.pwid, self.payload_digest, self.record_id]
        fields = {
            "title": f"{{{escaped(self.title or self.url)}}}",
            "year": f"{self.captured_at.year:04}",
            "howpublished": escaped(f"Web page, archived at {self.archive_address}"),
            "url": self.url,
            "urldate": self.captured_at.date().isoformat(),
            "note": escaped("; ".join(part for part in note if part)),
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        key = f"capture-{self.record_id.rpartition(':')[2][:36]}"
        return f"@misc{{{re.sub(r'[^A-Za-z0-9-]', '-', key)},\n{lines}\n}}\n"


def pwid(capture: Capture, site: str) -> str:
    """The persistent web identifier of a capture: of a page `page`, of anything else `part`.

    The archive is the host of its site; of one that has none yet, `localhost`.
    """
    archive = (urlsplit(site).hostname if site else None) or _UNKNOWN_ARCHIVE
    at = f"{capture.captured_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    precision = "page" if "html" in (capture.mime or "html") else "part"
    item = _NOT_IN_URN.sub(_escaped, capture.url)
    return f"urn:pwid:{_NOT_IN_URN.sub('-', archive).replace(':', '-')}:{at}:{precision}:{item}"


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"%{octet:02X}" for octet in found[0].encode("utf-8", "replace"))


def _read(collection: Collection, capture: Capture) -> Record | None:
    try:
        return read_capture(collection, capture)
    except (RecordDamaged, NotAWarc, OSError):
        return None


def _article(catalog: Catalog, record_id: str) -> tuple[str | None, str | None]:
    """Id and title of the article that was read from a capture last."""
    row = catalog.connection.execute("SELECT max(seq) FROM versions WHERE record_id = ?", (record_id,)).fetchone()
    for version in versions_with(catalog.connection, [row[0]] if row[0] else []):
        try:
            return version.article_id, one_line(str(version.values().get("title") or "")) or None
        except (ValueError, AttributeError):
            return version.article_id, None
    return None, None


def _software(collection: Collection, catalog: Catalog, capture: Capture) -> str | None:
    """The software in the warcinfo record that begins the capture's file, or the part that was a file before."""
    begin = part_begin(catalog.connection, capture.file, capture.offset)
    try:
        record = read_record(collection.warc_file(capture.file), begin)
    except (RecordDamaged, NotAWarc, OSError):
        return None
    if record.type != "warcinfo":
        return None
    return one_line(read_warc_fields(record.block).get("software", "")) or None
