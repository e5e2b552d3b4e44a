"""The parameters that several of the API's requests take, and the cursors of pages."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

import attrs
from fastapi import Depends, Query
from starlette.exceptions import HTTPException

from archive.search.days import read_days
from archive.search.index_query import Filters

MOST = 100
"""The most articles or runs of a page."""
Name = Annotated[str | None, Query(max_length=200)]
Text = Annotated[str, Query(max_length=1000, description="the query; empty finds everything", examples=["học bổng"])]
Cursor = Annotated[str | None, Query(max_length=60, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=MOST)]


def _counted(
    province: Name = None,
    section: Name = None,
    since: Annotated[str | None, Query(alias="from", max_length=20, examples=["31/01/2026"])] = None,
    until: Annotated[str | None, Query(alias="to", max_length=20, examples=["01/2026"])] = None,
) -> Filters:
    return Filters(
        province=province, section=section, since=read_days(since)[0] if since else None,
        until=read_days(until)[1] if until else None,
    )  # fmt: skip


Counted = Annotated[Filters, Depends(_counted)]
"""The filters of counts."""


def _filters(
    filters: Counted,
    newspaper: Name = None,
    author: Name = None,
    source: Name = None,
    pictures: bool | None = None,
    changed: bool | None = None,
) -> Filters:
    return attrs.evolve(filters, newspaper=newspaper, author=author, source=source, pictures=pictures, changed=changed)


Narrowed = Annotated[Filters, Depends(_filters)]
"""The filters of searches."""


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
