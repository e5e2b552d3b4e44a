"""The requests of the API about pictures."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

from fastapi import FastAPI, Query
from fastapi import Path as PathParameter

from archive.collection import Collection
from archive.pictures.history import find_picture, history_of
from archive.search.query import DEEPEST
from archive.search.selection import Selection
from archive.web.api.parameters import AnyOrder, AnyScope, Cursor, Limit, Narrowed, Text, cursor_of, offset_of
from archive.web.api.picture_values import PictureHistoryAnswer, PicturesAnswer
from archive.web.pictures.captions import find_pictures


def serve_pictures(app: FastAPI, collection: Collection) -> None:
    """Add pictures, by caption and one by one."""

    @app.get("/pictures", summary="Search pictures by caption")
    def pictures(
        filters: Narrowed,
        q: Text = "",
        scope: AnyScope = None,
        order: AnyOrder = None,
        limit: Limit = 20,
        cursor: Cursor = None,
        once: Annotated[
            bool, Query(description="of pictures that are the same, the first only", examples=[True])
        ] = False,
    ) -> PicturesAnswer:
        offset = offset_of(cursor)
        end = offset + limit
        order = order or ("relevance" if q else "newest")
        wanted = Selection.of(q, filters, scope=scope)
        found = find_pictures(collection, wanted, order=order, limit=limit, offset=offset, once=once)
        return PicturesAnswer.of(found, cursor_of(end) if end < min(found.results.total, DEEPEST) else None)

    @app.get("/pictures/{subject:path}", summary="Every printing of a picture")
    def picture(
        subject: Annotated[
            str,
            PathParameter(
                max_length=2000, description="the picture's id, its address or its payload digest",
                examples=["mfrggzdfmztwq2lk"],
            ),
        ],
    ) -> PictureHistoryAnswer:  # fmt: skip
        with closing(collection.catalog()) as catalog:
            return PictureHistoryAnswer.of(history_of(catalog, find_picture(catalog, subject)))
