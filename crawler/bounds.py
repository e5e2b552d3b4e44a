"""What a hostile server is refused, and the count of it for the run's report; archives nothing itself."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.urls import led_to


class DecompressionBomb(IgnoreRequest):
    """The body would be larger than DOWNLOAD_MAXSIZE once decompressed; it is archived as it came, and not read."""


class BoundedDecompression(HttpCompressionMiddleware):
    """Scrapy's decompression, which ends at DOWNLOAD_MAXSIZE; a body beyond that is counted and named."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response decompressed.

        Raises:
            DecompressionBomb: it would be too large.
        """
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            if self.stats is not None:
                self.stats.inc_value("baotinh/decompression bombs")
            raise DecompressionBomb(f"{response.url} is too large decompressed") from error


def refusals(response: Response) -> dict[str, int]:
    """How much of an answer the crawl leaves unused, by name: its cookies, a redirect to what is not the web."""
    counts: dict[str, int] = {}
    if "Set-Cookie" in response.headers:
        counts["cookies not kept"] = len(response.headers.getlist("Set-Cookie"))
    if 300 <= response.status < 400:
        location = response.headers.get("Location")
        if location and led_to(response.url, location.decode("latin-1")) is None:
            counts["schemes refused"] = 1
    return counts
