"""The frontier of a crawl that reads an archive again: it knows the archive's addresses, and no earlier run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from archive.catalog import Address
from archive.catalog.addresses import Kind, Listed
from archive.catalog.lifecycle import Answer
from archive.ingest.import_archive import ImportedArchive
from crawler.crawl.frontier.frontier import Frontier


class RereadingFrontier(Frontier):
    """For rereading an archive: nothing is known or due, and what an old page says is remembered of no address."""

    def __init__(self, archive: ImportedArchive, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._archive = archive

    def known(self, urls: Iterable[str]) -> dict[str, Address]:
        """Nothing."""
        return {}

    def known_as(self, urls: Iterable[str]) -> dict[str, str]:
        """For each address the archive's own of the same article, where it has no capture of this one."""
        return {url: url if self._archive.holds(self._catalog, url) else self._archived_as(url) for url in urls}

    def _archived_as(self, url: str) -> str:
        return self._archived.get(self._identity_of(url), url)

    @cached_property
    def _archived(self) -> dict[str, str]:
        """The archive's addresses, the latest of each article, by what they are known by."""
        addresses = filter(self._is_own, self._archive.addresses(self._catalog))
        return {identity: url for url in addresses if (identity := self._identity_of(url)) != url}

    def due(self, kind: Kind, sections: set[str] | None, *, all_of_them: bool = False) -> Iterator[Address]:
        """None."""
        return iter(())

    def listed(self, section: str, urls: Iterable[str]) -> dict[str, str]:
        """None."""
        return {}

    def fetched_at(self, urls: Iterable[str]) -> dict[str, str | None]:
        """Nothing."""
        return {}

    def watched(self) -> dict[str, str]:
        """None."""
        return {}

    def lists_left(self) -> set[str]:
        """None."""
        return set()

    def see(self, kind: Kind, urls: Iterable[str], section: str | None) -> None:
        """Forget."""

    def _enter(self, answer: Answer) -> None:
        """Forget."""

    def _list(self, answer: Answer, said: Listed) -> None:
        """Forget."""
