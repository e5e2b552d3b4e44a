"""The frontier of a crawl that reads an archive again: it knows the archive's addresses, and no earlier run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from archive.catalog import Address
from archive.catalog.addresses import Kind
from archive.ingest.import_archive import ImportedArchive
from archive.ingest.session import Session
from crawler.crawl.frontier.frontier import Frontier
from crawler.crawl.frontier.site import NewspaperSite


class RereadingFrontier(Frontier):
    """Knows which captures the archive holds; no address is known from the catalog, and none is due."""

    def __init__(self, archive: ImportedArchive, newspaper: str, session: Session, site: NewspaperSite) -> None:
        super().__init__(newspaper, session, site)
        self._archive = archive

    def known_as(self, urls: Iterable[str]) -> dict[str, str]:
        """For each address itself where the archive has a capture of it, else the archive's address of that article."""
        return {url: url if self._archive.holds(self._catalog, url) else self._archived_as(url) for url in urls}

    def _archived_as(self, url: str) -> str:
        return self._archived.get(self._site.identity_of(url), url)

    @cached_property
    def _archived(self) -> dict[str, str]:
        """The archive's addresses by identity, the latest of each article."""
        addresses = filter(self._site.is_own, self._archive.addresses(self._catalog))
        return {identity: url for url in addresses if (identity := self._site.identity_of(url)) != url}

    def known(self, urls: Iterable[str]) -> dict[str, Address]:
        """None."""
        return {}

    def due(self, kind: Kind, sections: set[str] | None, *, all_of_them: bool = False) -> Iterator[Address]:
        """None."""
        return iter(())

    def listed(self, section: str, urls: Iterable[str]) -> dict[str, str]:
        """None."""
        return {}

    def fetched_at(self, urls: Iterable[str]) -> dict[str, str | None]:
        """None."""
        return {}

    def watched(self) -> dict[str, str]:
        """None."""
        return {}

    def lists_left(self) -> set[str]:
        """None."""
        return set()
