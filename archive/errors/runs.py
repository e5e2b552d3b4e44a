"""Errors of crawls and of servers on this machine; the kinds of failures of runs."""

from __future__ import annotations

import enum
import json
import signal
from collections.abc import Sequence
from pathlib import Path

from archive.errors.base import BaotinhError, UsageError
from archive.errors.collections import (
    CollectionError,
    CollectionMissing,
    CollectionTooNew,
    CollectionUnwritable,
    NewspaperLocked,
)
from archive.errors.pages import NothingToRead


class TapBroken(BaotinhError):
    """This version of Scrapy lacks a name that the download handler needs; `found` is that name."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(
            f"pages cannot be captured byte for byte ({found}); nothing was crawled: install the versions "
            "that requirements.lock names"
        )


class NetworkDown(BaotinhError):
    """A crawl received no answer at all; `reason` is that of the last failure."""

    def __init__(self, newspaper: str, reason: str) -> None:
        self.newspaper, self.reason = newspaper, reason
        super().__init__(f"no answer from {newspaper} ({reason}); check the network and crawl again: nothing was lost")


class SectionsUnread(BaotinhError):
    """The newspaper answers, but none of its sections could be read; `reason` is that of the last failure."""

    def __init__(self, newspaper: str, reason: str) -> None:
        self.newspaper, self.reason = newspaper, reason
        super().__init__(
            f"not one section of {newspaper} could be read ({reason}); the report lists them: where the paper has "
            "moved them, mend its declaration"
        )


class BrowserMissing(BaotinhError):
    """A newspaper's pages are drawn by scripts, and `wanted` is not installed here; nothing was crawled."""

    def __init__(self, newspaper: str, wanted: str, mend: str) -> None:
        self.newspaper, self.wanted, self.mend = newspaper, wanted, mend
        super().__init__(f"{newspaper} needs a browser, as scripts draw its pages, and {wanted} is missing: {mend}")


class LeasesUnreachable(BaotinhError):
    """The server that says which machine crawls which newspaper does not answer; nothing was crawled."""

    def __init__(self, server: str, reason: str) -> None:
        self.server, self.reason = server, reason
        super().__init__(
            f"{server} does not say which machine crawls the newspaper ({reason}); see that it runs, then try again"
        )


class NewspaperLeased(BaotinhError):
    """Another machine crawls the newspaper; wait, or run the job there."""

    def __init__(self, newspaper: str, machine: str) -> None:
        self.newspaper, self.machine = newspaper, machine
        super().__init__(
            f"{newspaper} is crawled by the machine {machine}; run the job there, or stop its daemon first"
        )


class NotCaptured(BaotinhError):
    """Some of the requested addresses gave no page; the others are archived."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = tuple(urls)
        super().__init__(f"{len(self.urls)} of the addresses could not be captured: {', '.join(self.urls)}")


class AddressUnusable(BaotinhError):
    """The system does not allow listening there; choose another address or port."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.host, self.port, self.reason = host, port, reason
        super().__init__(f"cannot listen on {host}:{port} ({reason}); choose another --host or --port")


class CertificateUnusable(BaotinhError):
    """The files of a certificate and its key cannot be used; `reason` is what OpenSSL or the system says."""

    def __init__(self, certificate: Path, key: Path, reason: str) -> None:
        self.certificate, self.key, self.reason = certificate, key, reason
        helps = "give both as PEM, the key without a password: --tls-cert FILE --tls-key FILE"
        super().__init__(f"{certificate} and {key} cannot be used for TLS ({reason}); {helps}")


class PortTaken(BaotinhError):
    """Another program listens there; choose another port."""

    def __init__(self, host: str, port: int, option: str = "--port") -> None:
        self.host, self.port, self.option = host, port, option
        super().__init__(f"{host}:{port} is in use by another program; stop it or choose another {option}")


class ServerLost(BaotinhError):
    """A process of the site ended while the service started; `code` is negative for a signal."""

    def __init__(self, process: int, code: int) -> None:
        self.process, self.code = process, code
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        super().__init__(
            f"process {process} of the site {how} before it served; start it again, with fewer --processes if memory "
            "ran out"
        )


class FailureKind(enum.StrEnum):
    """Why a run failed."""

    LOCKED = "locked"  # another run of the newspaper was under way
    UNANSWERED = "unanswered"  # not one answer came
    SECTIONS_UNREAD = "sections unread"  # the newspaper answered, and no section could be read
    FRUITLESS = "fruitless"  # no page of the archive that was read gave an article
    REFUSED = "refused"  # the catalog or the clock refused
    UNWRITABLE = "unwritable"  # the collection was not there, read-only, full or of a later version
    MISUSED = "misused"  # a setting or an argument was wrong
    OTHER = "other"


def failure_kind(error: Exception) -> FailureKind:
    """The kind of the failure that an error is."""
    if type(error).__module__ == "sqlite3":  # not imported: extraction, which needs none, knows these errors
        return FailureKind.UNWRITABLE
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], FailureKind], ...] = (
        (NewspaperLocked, FailureKind.LOCKED),
        (NetworkDown, FailureKind.UNANSWERED),
        (SectionsUnread, FailureKind.SECTIONS_UNREAD),
        (NothingToRead, FailureKind.FRUITLESS),
        ((CollectionUnwritable, OSError), FailureKind.UNWRITABLE),
        (CollectionMissing, FailureKind.UNWRITABLE),  # a disk that is not mounted
        (CollectionTooNew, FailureKind.UNWRITABLE),
        (UsageError, FailureKind.MISUSED),
        (CollectionError, FailureKind.REFUSED),
    )
    return next((kind for cls, kind in kinds if isinstance(error, cls)), FailureKind.OTHER)


def write_failure(path: Path, error: BaotinhError) -> None:
    """Write why a process failed to a file, for the process that started it."""
    said = {"kind": failure_kind(error).value, "failure": str(error)}
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def read_failure(path: Path) -> tuple[FailureKind, str] | None:
    """Read the failure that `write_failure` wrote, and remove the file; None where there is none."""
    try:
        said = json.loads(path.read_text("utf-8"))
        found = FailureKind(said["kind"]), str(said["failure"])
    except (OSError, ValueError, LookupError, TypeError):
        found = None
    path.unlink(missing_ok=True)
    return found
