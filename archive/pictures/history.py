"""Where a picture was printed: its files and their addresses, and each article that shows it, with its caption."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs

from archive.article import Article, Image
from archive.catalog import Catalog, Version
from archive.catalog.picture_printings import addresses_with, count_articles_with, printings_of, same_pictures
from archive.catalog.pictures import (
    PictureRow,
    pairs_of,
    picture_at,
    picture_named,
    picture_numbered,
    picture_with_digest,
    pictures_same,
)
from archive.catalog.versions import versions_with
from archive.clock import parse_warc_date
from archive.errors import UnknownPicture
from archive.pictures.names import is_name, name_of
from archive.warc.cdxj import urlkey

MOST_ADDRESSES, MOST_PRINTINGS, MOST_FILES = 50, 1000, 300


@attrs.frozen(kw_only=True)
class PictureAddress:
    """An address at which a file was captured, when first, and that capture's record."""

    url: str
    captured_at: datetime
    record_id: str


@attrs.frozen(kw_only=True)
class PictureFile:
    """A file that shows the picture.

    Attributes:
        relation: to `of`, another file's name: whole, crop, wider, mirrored; None of the first.
        similarity: 0 to 1.
    """

    name: str
    payload_digest: str
    mime: str | None
    width: int | None
    height: int | None
    octets: int
    phash: str | None
    addresses: tuple[PictureAddress, ...]
    relation: str | None = None
    of: str | None = None
    similarity: float | None = None

    @property
    def record_id(self) -> str:
        """The record of its first capture."""
        return self.addresses[0].record_id


@attrs.frozen(kw_only=True)
class PicturePrinting:
    """An article that shows the picture, with a caption; `version`: the content hash of the first that has this one."""

    article_id: str
    version: str
    newspaper: str
    section: str | None
    language: str
    title: str
    published_at: datetime
    captured_at: datetime
    number: int
    url: str
    caption: str
    credit: str
    file: PictureFile


@attrs.frozen(kw_only=True)
class PictureHistory:
    """A picture, its files and its printings, the earliest first; `has_more`: there are more than are shown."""

    name: str
    files: tuple[PictureFile, ...]
    printings: tuple[PicturePrinting, ...]
    has_more: bool = False

    @property
    def largest(self) -> PictureFile:
        """The file with the most pixels."""
        return max(self.files, key=lambda one: (one.width or 0) * (one.height or 0))

    @property
    def articles(self) -> int:
        """How many articles show it."""
        return len({one.article_id for one in self.printings})

    @property
    def newspapers(self) -> tuple[str, ...]:
        """The newspapers that printed it, the earliest first."""
        return tuple(dict.fromkeys(one.newspaper for one in self.printings))


def find_picture(catalog: Catalog, subject: str) -> PictureRow:
    """The picture that a name, an address or a payload digest means.

    Raises:
        AddressWithheld: its address is withheld from readers.
        UnknownPicture: no picture is known by that.
    """
    connection, found = catalog.connection, None
    if subject.startswith(("http://", "https://")):
        catalog.refuse_withheld_address(subject, urlkey(subject))
        found = picture_at(connection, subject)
    elif ":" in subject:
        found = picture_with_digest(connection, subject) or picture_named(connection, name_of(subject))
    elif is_name(subject):
        found = picture_named(connection, subject)
    if found is None:
        raise UnknownPicture(subject)
    return found


def history_of(catalog: Catalog, picture: PictureRow) -> PictureHistory:
    """Where a picture was printed, as the readers of this catalog may see.

    Raises:
        AddressWithheld: all captures of it are withheld from readers.
        UnknownPicture: no capture of it is held.
    """
    connection = catalog.connection
    first = picture_numbered(connection, picture.same_as) or picture
    files = _files(catalog, first)
    if not files:
        _refuse(catalog, picture)
    found = printings_of(connection, first.id, MOST_PRINTINGS + 1)
    rows = [row for row in found[:MOST_PRINTINGS] if row[2] in files]
    versions = {one.seq: one for one in versions_with(connection, [seq for seq, _, _ in rows])}
    printings: dict[tuple[str, str, str, str], PicturePrinting] = {}
    for seq, number, picture_id in rows:
        if seq in versions:
            one = _printing(versions[seq], number, files[picture_id])
            if one is not None:
                printings.setdefault((one.article_id, one.file.name, one.caption, one.credit), one)
    return PictureHistory(
        name=first.name, files=tuple(files.values()), printings=tuple(printings.values()),
        has_more=len(found) > MOST_PRINTINGS,
    )  # fmt: skip


@attrs.frozen
class PrintedPicture:
    """A picture by the name by which it is known with those that are the same, and how many articles print it."""

    name: str
    articles: int


def printed_pictures(catalog: Catalog, version_seqs: Sequence[int]) -> dict[tuple[int, int], PrintedPicture]:
    """The pictures of some versions that were compared, by version and number."""
    known = same_pictures(catalog.connection, version_seqs)
    counts = count_articles_with(catalog.connection, {id for id, _ in known.values()})
    return {place: PrintedPicture(name, counts.get(id, 0)) for place, (id, name) in known.items()}


def _files(catalog: Catalog, first: PictureRow) -> dict[int, PictureFile]:
    """The files that show the picture and of which readers may see a capture, by the picture's id."""
    rows = sorted(pictures_same(catalog.connection, first.id, MOST_FILES), key=lambda one: one.id)
    names = {one.id: one.name for one in rows}
    best: dict[int, dict[str, Any]] = {}
    for id, other, relation, similarity in pairs_of(catalog.connection, first.id):
        if other in names and (id not in best or similarity > best[id]["similarity"]):
            best[id] = {"relation": relation, "of": names[other], "similarity": similarity}
    files = {}
    for row in rows:
        addresses = tuple(
            PictureAddress(url=url, captured_at=parse_warc_date(at), record_id=record_id)
            for url, at, record_id in addresses_with(catalog.connection, row.payload_digest, MOST_ADDRESSES)
        )
        if addresses:
            files[row.id] = PictureFile(
                name=row.name, payload_digest=row.payload_digest, mime=row.mime, width=row.width, height=row.height,
                octets=row.octets, phash=row.phash, addresses=addresses, **best.get(row.id, {}),
            )  # fmt: skip
    return files


def _refuse(catalog: Catalog, picture: PictureRow) -> None:
    row = catalog.connection.execute(
        "SELECT record_id FROM main.captures WHERE payload_digest = ? LIMIT 1", (picture.payload_digest,)
    ).fetchone()
    if row is not None:
        catalog.refuse_withheld_capture(row[0])
    raise UnknownPicture(picture.name)


def _printing(version: Version, number: int, file: PictureFile) -> PicturePrinting | None:
    article = version.article()
    if not 1 <= number <= len(article.images):
        return None
    image = article.images[number - 1]
    return PicturePrinting(
        article_id=version.article_id, version=version.content_hash, newspaper=article.newspaper,
        section=article.section, language=article.language, title=article.title, published_at=article.published_at,
        captured_at=version.captured_at, number=number, url=image.url, caption=caption_of(article, image),
        credit=image.credit or "", file=file,
    )  # fmt: skip


def caption_of(article: Article, image: Image) -> str:
    """A picture's caption: its own, else the text of its figure; empty where there is neither."""
    if image.caption or image.position is None or not 0 <= image.position < len(article.body):
        return image.caption or ""
    block = article.body[image.position]
    return block.text if block.type == "figure" else ""
