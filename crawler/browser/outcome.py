"""What comes of drawing a page, its bounds, and why a page was not drawn."""

from __future__ import annotations

import enum

import attrs
from scrapy.exceptions import IgnoreRequest
from scrapy.settings import BaseSettings

from archive.reasons import Reason


class DrawingFailure(enum.Enum):
    """Why a page was not drawn; the comment says what the `detail` is."""

    LATE = Reason.BROWSER_LATE  # the seconds
    CRASHED = Reason.BROWSER_CRASHED
    ENDED = Reason.BROWSER_ENDED
    MEMORY = Reason.BROWSER_MEMORY  # the megabytes
    TOO_LONG = Reason.BROWSER_TOO_LONG  # the letters
    FAILED = Reason.BROWSER_FAILED  # what the browser says
    LACKED = Reason.BROWSER_LACKED  # the address


class NotDrawn(IgnoreRequest):
    """A page was not drawn: it is archived as it was sent, and requested again by a later run."""

    def __init__(self, url: str, failure: DrawingFailure, detail: object = "") -> None:
        self.url, self.failure, self.detail = url, failure, str(detail)
        super().__init__(f"{url} was not drawn ({self.stored_reason})")

    @property
    def stored_reason(self) -> str:
        """Why, as reports store it."""
        return self.failure.value.of(self.detail) if self.detail else self.failure.value.value


class Refusal(enum.StrEnum):
    """Why a request of a page was not made."""

    KIND = "kind"  # videos, sockets, beacons and whatever else no text depends on
    METHOD = "method"
    OTHER_HOST = "other host"
    NAVIGATION = "navigation"  # to another page
    ROBOTS = "robots.txt"
    TOO_MANY = "too many requests"
    TOO_MUCH = "too many bytes"


@attrs.frozen(kw_only=True)
class BrowserBounds:
    """What one page, and all that are drawn at the same time, may take.

    Args:
        seconds: for a page, without the time in which it waits for answers.
        requests, octets: that a page may ask for; `letters`: that it may draw.
        memory: bytes of all of the browser's processes together.
        at_once: pages at the same time.
        pages: after which a new browser is begun.
        with_pictures: the page's pictures are fetched before a screenshot is taken.
    """

    seconds: float = 30.0
    requests: int = 60
    octets: int = 32 * 1024 * 1024
    letters: int = 16 * 1024 * 1024
    memory: int = 2 * 1024**3
    at_once: int = 2
    pages: int = 200
    with_pictures: bool = False

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> BrowserBounds:
        """The bounds that the settings BAOTINH_BROWSER_... give."""
        return cls(
            seconds=settings.getfloat("BAOTINH_BROWSER_SECONDS"),
            requests=settings.getint("BAOTINH_BROWSER_REQUESTS"),
            octets=settings.getint("BAOTINH_BROWSER_BYTES"),
            memory=settings.getint("BAOTINH_BROWSER_MEMORY"),
            at_once=max(1, settings.getint("BAOTINH_BROWSER_PAGES")),
            pages=max(1, settings.getint("BAOTINH_BROWSER_RESTART")),
            with_pictures=settings.getbool("BAOTINH_SCREENSHOTS"),
        )
