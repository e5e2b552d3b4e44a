"""The answer of the API about a capture."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Request
from fastapi import Path as PathParameter
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from archive.errors import RecordMissing
from archive.export.citations.capture import CaptureReference
from archive.web.site import Site

RecordId = Annotated[
    str,
    PathParameter(
        max_length=200,
        description="WARC-Record-ID, without angle brackets",
        examples=["urn:uuid:7dca2a35-31a1-4b05-9a5b-6e6aa9ad4c8c"],
    ),
]


class CaptureAnswer(BaseModel):
    """A capture: when, from where, by which software, which record, and how to cite it."""

    record_id: str
    type: str = Field(description="response, revisit or resource")
    url: str
    captured_at: datetime
    status: int | None
    mime: str | None
    title: str | None = Field(description="of the article that was read from it")
    article: str | None = Field(description="the id of that article")
    ip_address: str | None = Field(description="of the server that answered")
    protocols: list[str]
    software: str | None = Field(description="as the warcinfo record of its file says")
    file: str
    offset: int = Field(description="byte at which the record begins")
    length: int = Field(description="bytes of the record in its file")
    payload_digest: str | None
    block_digest: str | None
    original: str | None = Field(description="of a revisit, the id of the record that holds its bytes")
    archive_address: str = Field(description="the lasting address of the capture on this site")
    pwid: str = Field(description="persistent web identifier, a URN")
    bibtex: str


def serve_capture_values(app: FastAPI, site: Site) -> None:
    """Add the captures to the API."""

    @app.get("/captures/{record_id:path}", summary="A capture, and how to cite it")
    def capture(request: Request, record_id: RecordId) -> CaptureAnswer:
        with closing(site.collection.catalog()) as catalog:
            try:
                found = CaptureReference.of(site.collection, catalog, record_id, site.origin(request))
            except RecordMissing as error:
                raise HTTPException(404, str(error)) from error
        return CaptureAnswer.model_validate(found.values())
