"""The answers of the API about pictures."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from archive.pictures.history import PictureFile, PictureHistory, PicturePrinting
from archive.web.api.values import Piece, pieces_of
from archive.web.pictures.captions import FoundPicture, FoundPictures


class PictureAnswer(BaseModel):
    """A picture that the archive holds, found by its caption or credit."""

    article: str = Field(description="id of the article that it stands in", examples=["baocantho:194306"])
    version: str = Field(description="the content hash of the version that was found")
    newspaper: str
    section: str | None
    language: str = Field(description="BCP 47 tag")
    title: str = Field(description="the article's title")
    published_at: datetime
    number: int = Field(description="which of the article's pictures it is, from 1")
    caption: list[Piece] = Field(description="empty where the picture has none")
    credit: list[Piece]
    url: str = Field(description="where the newspaper had it")
    picture: str = Field(description="record id; the replay's origin has the picture at /picture/ and this id")
    same: str | None = Field(description="the picture's id, with all that show the same; null while not compared")
    articles: int = Field(description="in how many articles it is, with those that show the same")

    @classmethod
    def of(cls, found: FoundPicture) -> PictureAnswer:
        """The picture's values."""
        return cls(
            article=found.article_id, version=found.version, newspaper=found.newspaper, section=found.section,
            language=found.language, title=found.title, published_at=found.published_at, number=found.number,
            caption=pieces_of(found.caption),
            credit=pieces_of(found.credit), url=found.url, picture=found.record_id,
            same=found.picture, articles=found.articles,
        )  # fmt: skip


class PicturesAnswer(BaseModel):
    """The pictures of a page of articles. All counts are of articles with matching captions."""

    scope: str = Field(description="typed: words as typed; folded: without marks")
    total: int = Field(description="articles that match; their pictures are paged, and not counted beforehand")
    typed: int = Field(description="articles that match as typed")
    folded: int = Field(description="articles that match without marks")
    pictures: list[PictureAnswer]
    next: str | None = Field(description="cursor of the next page; null on the last")
    behind: int = Field(description="versions that are not indexed yet")

    @classmethod
    def of(cls, found: FoundPictures, cursor: str | None) -> PicturesAnswer:
        """A page of pictures."""
        results, pictures = found.results, [PictureAnswer.of(one) for one in found.pictures]
        return cls(
            scope=results.scope, total=results.total, typed=results.typed, folded=results.folded, pictures=pictures,
            next=cursor, behind=results.behind,
        )  # fmt: skip


class PictureAddressAnswer(BaseModel):
    """An address at which a file was captured."""

    url: str
    captured_at: datetime = Field(description="first capture")
    record_id: str


class PictureFileAnswer(BaseModel):
    """A file that shows the picture."""

    id: str = Field(description="leads to the same picture")
    payload_digest: str
    mime: str | None = Field(description="media type, by the first bytes")
    width: int | None
    height: int | None
    octets: int
    phash: str | None = Field(description="ImageHash's pHash, 64 bits; null where there is too little to recognise")
    relation: str | None = Field(description="to `of`: whole, crop, wider, mirrored; null for the first file")
    of: str | None = Field(description="id of another file")
    similarity: float | None = Field(description="0 to 1")
    addresses: list[PictureAddressAnswer]

    @classmethod
    def of_file(cls, file: PictureFile) -> PictureFileAnswer:
        """The file's values."""
        return cls(
            id=file.name, payload_digest=file.payload_digest, mime=file.mime, width=file.width, height=file.height,
            octets=file.octets, phash=file.phash, relation=file.relation, of=file.of, similarity=file.similarity,
            addresses=[
                PictureAddressAnswer(url=one.url, captured_at=one.captured_at, record_id=one.record_id)
                for one in file.addresses
            ],
        )  # fmt: skip


class PicturePrintingAnswer(BaseModel):
    """An article that shows the picture, with a caption."""

    article: str = Field(examples=["baocantho:194306"])
    version: str = Field(description="content hash of the first version that has this caption")
    newspaper: str
    section: str | None
    language: str = Field(description="BCP 47 tag")
    title: str
    published_at: datetime
    number: int = Field(description="which of the article's pictures it is, from 1")
    url: str
    file: str = Field(description="id of the file")
    caption: str | None
    credit: str | None

    @classmethod
    def of(cls, one: PicturePrinting) -> PicturePrintingAnswer:
        """The printing's values."""
        return cls(
            article=one.article_id, version=one.version, newspaper=one.newspaper, section=one.section,
            language=one.language, title=one.title, published_at=one.published_at, number=one.number, url=one.url,
            file=one.file.name, caption=one.caption or None, credit=one.credit or None,
        )  # fmt: skip


class PictureHistoryAnswer(BaseModel):
    """A picture: its files, and its printings, the earliest first."""

    id: str
    files: list[PictureFileAnswer]
    printings: list[PicturePrintingAnswer] = Field(description="at most 1,000")
    has_more: bool = Field(description="there are more printings")

    @classmethod
    def of(cls, history: PictureHistory) -> PictureHistoryAnswer:
        """The picture's values."""
        return cls(
            id=history.name, files=[PictureFileAnswer.of_file(one) for one in history.files],
            printings=[PicturePrintingAnswer.of(one) for one in history.printings], has_more=history.has_more,
        )  # fmt: skip
