"""Entries of what a run learns of addresses: found, answered, listed, covered, and pages that could not be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from archive.catalog import addresses, unread
from archive.catalog.addresses import Listed, Seen
from archive.catalog.coverage import Covered, SectionRead, cover_read
from archive.catalog.frontier import Backfill, keep_backfill
from archive.catalog.lifecycle import Answer
from archive.catalog.unread import Unread
from archive.clock import now
from archive.revisit_policy import RevisitPolicy

_Entered = TypeVar("_Entered")


class Decide(Protocol):
    """Has something entered into the catalog by the writer thread, in one transaction with the captures before it."""

    def __call__(self, enter: Callable[[sqlite3.Connection], _Entered], /) -> Future[_Entered]:
        """A promise that is kept when the transaction is durable."""


class AddressEntries:
    """What one run enters of a newspaper's addresses. No method blocks; what each returns is kept by the writer."""

    def __init__(self, decide: Decide, newspaper: str, policy: RevisitPolicy) -> None:
        self._decide, self._newspaper, self._policy = decide, newspaper, policy
        self.covered: Future[list[Covered]] | None = None
        """How far back the sections' lists were read, as soon as that is entered."""

    def keep_unread(self, page: Unread) -> Future[None]:
        """Enter a captured page that could not be read."""
        return self._decide(lambda connection: unread.keep_unread(connection, page))

    def forget_unread(self, record_id: str) -> Future[None]:
        """Enter that a capture was read, where nothing else is entered of it."""
        return self._decide(lambda connection: unread.forget_read(connection, record_id))

    def fetch_anew(self, page: Unread) -> Future[None]:
        """Have the address of an unread page asked for again, because its record cannot be had."""
        instant = now()
        return self._decide(lambda connection: unread.fetch_anew(connection, page, instant))

    def see(self, seen: Iterable[Seen]) -> Future[None]:
        """Enter addresses that were found."""
        found = list(seen)

        def enter(connection: sqlite3.Connection) -> None:
            for address in found:
                addresses.see(connection, self._newspaper, address)

        return self._decide(enter)

    def answered(self, answer: Answer) -> Future[None]:
        """Enter what came of fetching an address."""
        return self._decide(lambda connection: addresses.answered(connection, self._newspaper, answer, self._policy))

    def listed(self, answer: Answer, said: Listed) -> Future[None]:
        """Enter what a list named together with its own answer."""
        return self._decide(
            lambda connection: addresses.read_list(connection, self._newspaper, answer, said, self._policy)
        )

    def keep_backfill(self, backfill: Backfill) -> Future[None]:
        """Enter where the backfill of a section stands, where no list page has led it on."""
        newspaper, instant = self._newspaper, now()
        return self._decide(lambda connection: keep_backfill(connection, newspaper, backfill, instant))

    def cover(self, reads: Iterable[SectionRead]) -> Future[list[Covered]]:
        """Enter how far back the sections' lists were read in this run without a gap; the report will say it too."""
        read = list(reads)
        self.covered = self._decide(lambda connection: cover_read(connection, self._newspaper, read))
        return self.covered
