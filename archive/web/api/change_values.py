"""The answers of the API about changes."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import Annotated, Literal

from fastapi import FastAPI, Query
from fastapi import Path as PathParameter
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from archive.catalog.change_lists import ChangeFilters, ChangePage, TitledChange, page_of_changes, titled
from archive.catalog.changes import ArticleChange, changes_of_article
from archive.changes.comparison import Part, changes
from archive.changes.kinds import ChangeKind
from archive.changes.words import Piece
from archive.collection import Collection
from archive.errors import UnknownNewspaper
from archive.search.changed_search import search_changes
from archive.search.parsing.days import read_days
from archive.web.api.parameters import Limit, NewspaperName
from archive.web.queries.changes import LONGEST_TEXT, MOST_WORDS, cursor_text, read_cursor

_MOST_COMPARED = 20
_NAME = 200
_Id = Annotated[str, PathParameter(max_length=_NAME, description="the article's id", examples=["baocantho:194306"])]
_Kinds = Annotated[
    list[ChangeKind] | None,
    Query(max_length=20, description="changes of this kind; several: of any of them", examples=[["figures"]]),
]
_Cursor = Annotated[
    str | None,
    Query(max_length=60, description="`next` of the page before", examples=["2026-10-02T08:00:21.000000Z,3"]),
]
_Since = Annotated[
    str | None,
    Query(alias="from", max_length=30, description="first day, month or year of capture", examples=["31/01/2026"]),
]
_Until = Annotated[
    str | None, Query(alias="to", max_length=30, description="last day, month or year of capture", examples=["01/2026"])
]

_Section = Annotated[str | None, Query(max_length=_NAME, description="a section's name", examples=["Thời sự"])]
_Words = Annotated[
    int, Query(ge=0, le=MOST_WORDS, description="at least so many words removed and added", examples=[5])
]
_Text = Annotated[
    str, Query(max_length=LONGEST_TEXT, description="words removed or added, side by side", examples=["triệu đồng"])
]


class ChangePiece(BaseModel):
    """Words that stand next to each other and are all the same, removed or added."""

    change: Literal["same", "removed", "added"]
    text: str

    @classmethod
    def all_of(cls, pieces: tuple[Piece, ...]) -> list[ChangePiece]:
        """The pieces of a text."""
        return [cls(change=piece.change, text=piece.text) for piece in pieces]


class ChangedPart(BaseModel):
    """A field, a paragraph, or a picture with its caption, of which something changed."""

    field: str = Field(description="title, lead, byline ..., body: a paragraph; images: a picture and its caption")
    moved: bool = Field(description="the paragraph stands elsewhere in the other version, word for word")
    picture: Literal["kept", "swapped", "added", "removed"] | None = Field(description="what became of the picture")
    former_picture: str | None = Field(description="address of the picture in the former version")
    picture_url: str | None = Field(description="address of the picture in the later version")
    pieces: list[ChangePiece] = Field(description="removed and same ones are the former text, added and same the later")

    @classmethod
    def of(cls, part: Part) -> ChangedPart:
        """The part's values."""
        former, later = part.images
        return cls(
            field=part.field or "body", moved=part.is_moved, picture=part.picture.value if part.picture else None,
            former_picture=former.url if former else None, picture_url=later.url if later else None,
            pieces=ChangePiece.all_of(part.pieces),
        )  # fmt: skip


class ChangeAnswer(BaseModel):
    """What changed from a version of an article to the next, or what became of its page."""

    at: datetime = Field(description="when the later version, or the page's answer, was captured")
    newspaper: str
    section: str | None
    article: str = Field(description="the article's id", examples=["baocantho:194306"])
    title: str
    former_title: str | None = Field(description="where the title changed")
    kinds: list[ChangeKind] = Field(description="what changed; empty where no printed word or picture differs")
    removed: int = Field(description="words")
    added: int = Field(description="words")
    silent: bool = Field(description="the paper shows no later time of change, and prints no correction note")
    former: str | None = Field(description="content hash of the former version; null of the page's status")
    version: str | None = Field(description="content hash of the later version; null of the page's status")
    url: str
    excerpt: list[ChangePiece] = Field(description="the first words that differ, with some around them")

    @classmethod
    def of(cls, one: TitledChange) -> ChangeAnswer:
        """The change's values."""
        change = one.change
        return cls(
            at=change.at, newspaper=change.newspaper, section=change.section, article=change.article_id,
            title=one.title, former_title=one.former_title, kinds=list(change.kinds), removed=change.removed,
            added=change.added, silent=change.is_silent, former=one.former, version=one.version, url=one.url,
            excerpt=ChangePiece.all_of(one.excerpt),
        )  # fmt: skip


class ChangesAnswer(BaseModel):
    """A page of changes, the newest first."""

    changes: list[ChangeAnswer]
    next: str | None = Field(description="cursor of the next page; null on the last")


class ComparedChange(ChangeAnswer):
    """A change with all that differs."""

    parts: list[ChangedPart] = Field(description="what changed, in reading order; empty of a page's status")


class ArticleChangesAnswer(BaseModel):
    """All changes of an article, the oldest first; of the last 20 what differs is compared."""

    article: str
    changes: list[ComparedChange]


def serve_change_values(app: FastAPI, collection: Collection) -> None:
    """Add the requests for changes; before those for articles, whose addresses theirs begin with."""
    _serve_list(app, collection)
    _serve_article(app, collection)


def _serve_list(app: FastAPI, collection: Collection) -> None:
    @app.get("/changes", summary="What newspapers changed and took down, the newest first")
    def listed(
        newspaper: NewspaperName = None,
        section: _Section = None,
        kind: _Kinds = None,
        silent: Annotated[bool, Query(description="only silent changes", examples=[True])] = False,
        since: _Since = None,
        until: _Until = None,
        words: _Words = 0,
        text: _Text = "",
        limit: Limit = 20,
        cursor: _Cursor = None,
    ) -> ChangesAnswer:
        wrong: list[str] = []
        start = read_cursor(cursor or "", wrong)
        if wrong:
            raise HTTPException(400, "cursor: give `next` of an answer")
        first, last = (read_days(since)[0] if since else None, read_days(until)[1] if until else None)
        filters = ChangeFilters.of_days(
            first, last, newspaper=newspaper, section=section, kinds=tuple(kind or ()), is_silent=silent, least=words
        )
        with closing(collection.catalog()) as catalog, catalog.snapshot():
            known = catalog.newspapers()
            if newspaper is not None and newspaper not in known:
                raise UnknownNewspaper(newspaper, sorted(known))
            page = ChangePage() if text.strip() else page_of_changes(catalog.connection, filters, limit, start)
        if text.strip():
            page = search_changes(collection, text, filters, limit, start)
        more = cursor_text(page.next) if page.next else None
        return ChangesAnswer(changes=[ChangeAnswer.of(one) for one in page.changes], next=more)


def _serve_article(app: FastAPI, collection: Collection) -> None:
    @app.get("/articles/{id:path}/changes", summary="What changed between the versions of an article")
    def of_article(id: _Id) -> ArticleChangesAnswer:
        with closing(collection.catalog()) as catalog, catalog.snapshot():
            catalog.article(id)
            found = changes_of_article(catalog.connection, id)
            told = titled(catalog.connection, found)
            versions = {one.seq: one for one in catalog.versions(id)}
        compared = [one.change for one in told if one.version][-_MOST_COMPARED:]

        def parts(one: ArticleChange) -> list[ChangedPart]:
            former, later = versions.get(one.former_seq or 0), versions.get(one.version_seq or 0)
            if one not in compared or former is None or later is None:
                return []
            both = changes(former.article(), later.article())
            return [ChangedPart.of(part) for part in both if part.is_changed]

        return ArticleChangesAnswer(
            article=id,
            changes=[ComparedChange(**ChangeAnswer.of(one).model_dump(), parts=parts(one.change)) for one in told],
        )
