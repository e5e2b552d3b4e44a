"""The parameters that several of the API's requests take, and the cursors of pages."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal

import attrs
from fastapi import Depends, Query
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException

from archive.search.filters import Filters
from archive.search.parsing.days import read_days
from archive.search.parsing.tree import Scope
from archive.search.query import Order
from archive.search.selection import Selection
from archive.search.timeline import Grain

MOST = 100
"""The most articles or runs of a page."""
_NAME = 200
NewspaperName = Annotated[
    str | None, Query(max_length=_NAME, description="a newspaper's name, as /newspapers has it", examples=["baocantho"])
]
SectionName = Annotated[
    str | None, Query(max_length=_NAME, description="a section's name or slug", examples=["Thời sự", "thoi-su"])
]
_Province = Annotated[
    str | None,
    Query(max_length=_NAME, description="a province, of today or before July 2025", examples=["Cần Thơ", "Hậu Giang"]),
]
_Author = Annotated[
    str | None,
    Query(
        max_length=_NAME,
        description="words of a writer's name side by side; in quotation marks the whole name",
        examples=["Văn An", '"Phan Trinh"'],
    ),
]
_Source = Annotated[
    str | None,
    Query(max_length=_NAME, description="the agency or newspaper that an article was taken from", examples=["TTXVN"]),
]
_Language = Annotated[
    str | None, Query(max_length=_NAME, description="the language of the text: a code or a name", examples=["km"])
]
_Pictures = Annotated[
    bool | None, Query(description="only articles with pictures, or only those without", examples=[True])
]
_Changed = Annotated[
    bool | None,
    Query(description="only articles of which the archive holds several versions, or only one", examples=[True]),
]
_Kind = Annotated[
    str | None,
    Query(max_length=_NAME, description="only articles with a change of this kind, or silent", examples=["figures"]),
]
_Once = Annotated[
    bool | None,
    Query(description="each story once: of articles that print one text the first that is found", examples=[True]),
]
Since = Annotated[
    str | None,
    Query(alias="from", max_length=30, description="first day, month or year of publication", examples=["31/01/2026"]),
]
Until = Annotated[
    str | None,
    Query(alias="to", max_length=30, description="last day, month or year of publication", examples=["01/2026"]),
]
AnyScope = Annotated[
    Scope | None,
    Query(description="how marks are compared; by default as typed where a word has marks", examples=["typed"]),
]
Place = Annotated[
    Literal["text", "title", "captions"],
    Query(description="where words that name no field are searched", examples=["title"]),
]
AnyOrder = Annotated[
    Order | None, Query(description="by default relevance for a query, else newest", examples=["newest"])
]
AnyGrain = Annotated[
    Grain | None, Query(description="the periods; by default the finest with at most 120", examples=["month"])
]
ArticleId = Annotated[str, PathParameter(description="the article's id", examples=["baocantho:194306"])]
AllVersions = Annotated[
    bool, Query(description="search former versions as well; see `former` of the answer", examples=[True])
]
Text = Annotated[str, Query(max_length=1000, description="the query; empty finds everything", examples=["học bổng"])]
Cursor = Annotated[str | None, Query(max_length=60, description="`next` of the page before", examples=["YXQgMjA"])]
Limit = Annotated[int, Query(ge=1, le=MOST, description="the most in an answer", examples=[20])]


def _counted(
    province: _Province = None,
    section: SectionName = None,
    author: _Author = None,
    source: _Source = None,
    language: _Language = None,
    since: Since = None,
    until: Until = None,
    pictures: _Pictures = None,
    changed: _Changed = None,
    kind: _Kind = None,
) -> Filters:
    return Filters(
        province=province, section=section, author=author, source=source, language=language,
        pictures=pictures, changed=changed, kind=kind,
        since=read_days(since)[0] if since else None, until=read_days(until)[1] if until else None,
    )  # fmt: skip


Counted = Annotated[Filters, Depends(_counted)]
"""The filters of counts, which may name several newspapers."""


def _filters(filters: Counted, newspaper: NewspaperName = None, once: _Once = None) -> Filters:
    return attrs.evolve(filters, newspaper=newspaper, once=once or None)


Narrowed = Annotated[Filters, Depends(_filters)]
"""The filters of searches."""


def _selection(filters: Narrowed, q: Text = "", scope: AnyScope = None, within: Place = "text") -> Selection:
    return Selection.of(q, filters, scope=scope, within=within)


Selected = Annotated[Selection, Depends(_selection)]
"""The articles of a search."""


def cursor_of(offset: int) -> str:
    """The cursor of the page that begins there."""
    return base64.urlsafe_b64encode(f"at {offset}".encode()).decode().rstrip("=")


def offset_of(cursor: str | None) -> int:
    """Where the page of a cursor begins.

    Raises:
        HTTPException: no answer gave such a cursor.
    """
    if not cursor:
        return 0
    try:
        word, number = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode().split(" ")
        if word == "at" and 0 <= int(number) <= 10**9:
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise HTTPException(400, "cursor: give `next` of an answer")
