"""Bounds on what a hostile server may send, and counts of what was refused for the run's report."""

from __future__ import annotations

import logging
import sys
from typing import Any

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse

from archive.urls import led_to
from archive.warc.codings import codings_of, decode
from crawler.scrapy_internals import Decompressing, responsetypes

logger = logging.getLogger(__name__)


class DecompressionBomb(IgnoreRequest):
    """The body would be larger than DOWNLOAD_MAXSIZE when decompressed. It is archived as received, and not read."""


class BoundedDecompression(Decompressing):
    """Decompresses up to DOWNLOAD_MAXSIZE, with the decoder that reads archives too.

    A body that is not coded as its header says, or is cut, is decoded as far as possible, and counted.
    """

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response decompressed.

        Raises:
            DecompressionBomb: it would be too large.
        """
        declared = [
            value.decode("latin-1")
            for name in ("Content-Encoding", "Transfer-Encoding")
            for value in response.headers.getlist(name)
        ]
        codings = codings_of(*declared)
        if request.method == "HEAD" or not (codings or "Content-Encoding" in response.headers):
            return response
        limit = request.meta.get("download_maxsize", self.max_size) or sys.maxsize - 1
        decoded = decode(response.body, codings, limit)
        if decoded.is_too_long:
            self._count("decompression bombs")
            raise DecompressionBomb(f"{response.url} is too large decompressed")
        if decoded.faults:
            self._count("coding faults")
            faults = "; ".join(f"{coding}: {fault.value}" for coding, fault in decoded.faults)
            logger.info("%s: Content-Encoding %s", response.url, faults)
        kind = responsetypes.from_args(headers=response.headers, url=response.url, body=decoded.content)
        again: dict[str, Any] = {"body": decoded.content}
        if issubclass(kind, TextResponse):
            again["encoding"] = None  # detected anew
        read: Response = response.replace(cls=kind, **again)
        for name in ("Content-Encoding", "Transfer-Encoding"):  # both are decoded
            read.headers.pop(name, None)
        return read

    def _count(self, name: str) -> None:
        if self.stats is not None:
            self.stats.inc_value(f"baotinh/{name}")


def refusals(response: Response) -> dict[str, int]:
    """Counts, by name, of what the crawl ignores in a response: cookies, redirects to other schemes than HTTP."""
    counts: dict[str, int] = {}
    if "Set-Cookie" in response.headers:
        counts["cookies not kept"] = len(response.headers.getlist("Set-Cookie"))
    if 300 <= response.status < 400:
        location = response.headers.get("Location")
        if location and led_to(response.url, location.decode("latin-1")) is None:
            counts["schemes refused"] = 1
    return counts
