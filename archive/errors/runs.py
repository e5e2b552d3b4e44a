"""Errors of a crawl, and of what listens on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from archive.errors.base import BaotinhError


class TapBroken(BaotinhError):
    """This version of Scrapy lacks a name that the download handler stands on; `found` says which."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(
            f"pages cannot be captured byte for byte ({found}); nothing was crawled: install the versions "
            "that requirements.lock names"
        )


class NetworkDown(BaotinhError):
    """Not one answer came during a crawl; `reason` is the last failure's."""

    def __init__(self, newspaper: str, reason: str) -> None:
        self.newspaper, self.reason = newspaper, reason
        super().__init__(f"no answer from {newspaper} ({reason}); check the network and crawl again: nothing was lost")


class SectionsUnread(BaotinhError):
    """The newspaper answers, but not one of its sections could be read; `reason` is the last failure's."""

    def __init__(self, newspaper: str, reason: str) -> None:
        self.newspaper, self.reason = newspaper, reason
        super().__init__(
            f"not one section of {newspaper} could be read ({reason}); the report lists them: where the paper has "
            "moved them, mend its declaration"
        )


class NotCaptured(BaotinhError):
    """Some of the addresses that were asked for gave no page; the others are kept."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = tuple(urls)
        super().__init__(f"{len(self.urls)} of the addresses could not be captured: {', '.join(self.urls)}")


class AddressUnusable(BaotinhError):
    """The system does not let us listen there; choose another address or port."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.host, self.port, self.reason = host, port, reason
        super().__init__(f"cannot listen on {host}:{port} ({reason}); choose another --host or --port")


class PortTaken(BaotinhError):
    """Another program listens there; choose another port."""

    def __init__(self, host: str, port: int, option: str = "--port") -> None:
        self.host, self.port, self.option = host, port, option
        super().__init__(f"{host}:{port} is in use by another program; stop it or choose another {option}")


class ViewerMissing(BaotinhError):
    """The viewer's files are not installed at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"the viewer is not installed in {path}; run 'make viewer' in the checkout")
