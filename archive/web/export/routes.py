"""The routes of exports: the page, the file, the set of what it holds."""

from __future__ import annotations

import re
from datetime import datetime
from typing import IO

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from archive.collection import Collection
from archive.errors import UnknownSet
from archive.export.freezing import freeze
from archive.export.packed import export_packed
from archive.export.taking import Wanted
from archive.search.query import Results, search
from archive.search.terms.vietnamese import folded
from archive.sets import files as sets
from archive.web.export.download import Downloads
from archive.web.queries.export import DOWNLOAD_PATH, EXPORT_PATH, FORMATS, FREEZE_PATH, ExportQuery
from archive.web.refusal import Refusal
from archive.web.search.view import REFUSALS, refused
from archive.web.site import Site

_LONGEST_STEM = 60
_NO_NAME = re.compile(r"[^a-z0-9]+")


def serve_exports(site: Site, downloads: Downloads) -> None:
    """Add the exports to the site."""
    app, collection = site.app, site.collection

    @app.get(EXPORT_PATH)
    def export_page(request: Request) -> Response:
        query = ExportQuery.read(request.query_params)
        wrong, frozen, found = query.wrong, None, None
        try:
            if query.set_name:
                frozen = stored_set(collection, query.set_name)
            elif not wrong:
                found = _count(collection, query)
        except REFUSALS as error:
            wrong = refused(query.search, error).wrong
        return site.page(
            "export.html", 400 if wrong else 200, export=query, frozen=frozen, found=found, wrong=wrong,
            formats=FORMATS, download=DOWNLOAD_PATH, freeze=FREEZE_PATH, query=query.search,
            path=EXPORT_PATH,
        )  # fmt: skip

    @app.get(DOWNLOAD_PATH)
    def export_file(request: Request) -> Response:
        query = ExportQuery.read(request.query_params)
        wanted = wanted_of(collection, query, site.origin(request))
        stem = _stem(query, site.clock())

        def write(file: IO[bytes]) -> None:
            export_packed(collection, wanted, stem, file, site.clock())

        return downloads.answer(request, write, f"{stem}.zip", "application/zip")

    @app.get(FREEZE_PATH)
    def frozen_set(request: Request) -> Response:
        query = ExportQuery.read(request.query_params)
        wanted, stem = wanted_of(collection, query, ""), _stem(query, site.clock())

        def write(file: IO[bytes]) -> None:
            frozen = wanted.frozen or freeze(collection, stem, wanted.selection, clock=site.clock)
            for piece in sets.pieces(frozen):
                file.write(piece.encode())

        return downloads.answer(request, write, f"{stem}{sets.SUFFIX}", "application/json")


def wanted_of(collection: Collection, query: ExportQuery, origin: str) -> Wanted:
    """What an export's file holds.

    Raises:
        Refusal: the search cannot be made.
        HTTPException: 404, there is no such set.
    """
    if query.wrong:
        raise Refusal(query.wrong)
    if query.set_name:
        frozen = stored_set(collection, query.set_name)
        return Wanted(form=query.form, frozen=frozen, with_text=query.with_text, site=origin)
    try:
        _count(collection, query)
    except REFUSALS as error:
        raise Refusal(refused(query.search, error).wrong) from error
    return Wanted(
        form=query.form, selection=query.selection(), with_text=query.with_text, every_version=query.every_version,
        site=origin,
    )  # fmt: skip


def stored_set(collection: Collection, name: str) -> sets.FrozenSet:
    """A set of the collection.

    Raises:
        HTTPException: 404, there is none.
        SetDamaged: its file is not as it was frozen.
    """
    try:
        return sets.stored(collection, name)
    except UnknownSet as error:
        raise HTTPException(404, str(error)) from error


def _count(collection: Collection, query: ExportQuery) -> Results:
    return search(collection, query.selection(), limit=0, facets=False)


def _stem(query: ExportQuery, instant: datetime) -> str:
    """The name of the export's file without its suffix: letters and digits of ASCII, with hyphens."""
    words = _NO_NAME.sub("-", folded(query.set_name or query.search.q or query.search.newspaper)).strip("-")
    return "-".join(filter(None, ("baotinh", words[:_LONGEST_STEM].strip("-"), f"{instant:%Y%m%d}")))
