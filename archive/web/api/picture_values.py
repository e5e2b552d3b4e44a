"""The answers of the API about pictures."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

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

    @classmethod
    def of(cls, found: FoundPicture) -> PictureAnswer:
        """The picture's values."""
        return cls(
            article=found.article_id, version=found.version, newspaper=found.newspaper, section=found.section,
            language=found.language, title=found.title, published_at=found.published_at, number=found.number,
            caption=pieces_of(found.caption),
            credit=pieces_of(found.credit), url=found.url, picture=found.record_id,
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
