"""Which of a page's requests are made, and which are refused."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

import attrs

from crawler.browser.outcome import BrowserBounds, Refusal

# Playwright's resource types, which are those of the DevTools protocol.
STATIC = frozenset(("script", "stylesheet", "font"))
DATA = frozenset(("xhr", "fetch"))
PICTURE, DOCUMENT = "image", "document"
# What a page may have from any host, as requisites.py fetches it.
_FROM_ANYWHERE = frozenset(("stylesheet", "font"))
_METHODS = frozenset(("GET", "HEAD", "POST"))
_LONGEST_SENT = 64 * 1024


@attrs.frozen(kw_only=True)
class Asked:
    """What a page asks for: `kind` is a resource type; `is_page`: in place of the page itself."""

    kind: str
    method: str
    url: str
    sent: bytes | None = None
    is_page: bool = False


@attrs.frozen
class Admission:
    """The rules of one newspaper: `hosts` are its own, and those that its declaration names for the browser."""

    hosts: Collection[str]
    bounds: BrowserBounds

    def refusal(self, asked: Asked) -> Refusal | None:
        """Why a request is not made; None: it is."""
        if asked.is_page:
            return Refusal.NAVIGATION
        if asked.kind not in STATIC | DATA | {PICTURE, DOCUMENT}:
            return Refusal.KIND
        if asked.method not in _METHODS or len(asked.sent or b"") > _LONGEST_SENT:
            return Refusal.METHOD
        if self.is_own(asked.url) or (asked.kind in _FROM_ANYWHERE and asked.method == "GET"):
            return None
        return Refusal.OTHER_HOST

    def is_own(self, url: str) -> bool:
        """Whether an address is on one of the hosts, or on a host below one of them, such as api."""
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").rstrip(".")
        except ValueError:
            return False
        if parts.scheme not in ("http", "https") or parts.username is not None:
            return False
        return any(host == own or host.endswith("." + own.removeprefix("www.")) for own in self.hosts)
