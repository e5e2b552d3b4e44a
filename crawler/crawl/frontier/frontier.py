"""The frontier of a newspaper's crawl: what the catalog knows of its addresses, which are due, and the requests."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from scrapy import Request
from twisted.python.failure import Failure

from archive.catalog import Address, Capture
from archive.catalog.addresses import Kind, fetched_at, lists_left, pages_of, published, watched
from archive.catalog.coverage import last_covered
from archive.catalog.discovery_sources import listed
from archive.catalog.frontier import Backfill, backfill_of
from archive.catalog.identities import known_as
from archive.clock import now, parse_warc_date, warc_date
from archive.ingest.import_archive import ImportedArchive
from archive.ingest.session import Session
from archive.originals import original_of
from archive.reasons import Reason
from archive.urls import absolute
from crawler.crawl.frontier.conditional import make_conditional
from crawler.crawl.frontier.site import NewspaperSite
from crawler.extract.results import ArticlePage
from crawler.request_meta import KIND, KNOWN_ADDRESS, SECTION, UNKNOWN, Path, RequestKind, meta_of

# Statuses that say something about the address, and so reach the callbacks.
_STATUSES = [304, 404, 410]
_MOST_NEW = 20_000
_LATEST = "9999"  # later than any WARC-Date


class Frontier:
    """The addresses of one newspaper, read from the catalog."""

    def __init__(self, newspaper: str, session: Session, site: NewspaperSite) -> None:
        self._newspaper, self._collection, self._site = newspaper, session.collection, site
        self._catalog = session.collection.catalog()
        # identities of addresses that this run found: the catalog knows them when the writer's queue has come so far
        self._new: dict[str, str] = {}
        self._others: dict[str, str] = {}

    def close(self) -> None:
        """Close the catalog."""
        self._catalog.close()

    def known(self, urls: Iterable[str]) -> dict[str, Address]:
        """The catalog's rows of these addresses; unknown ones are left out."""
        return self._catalog.addresses(self._newspaper, urls)

    def reasons(self, url: str, page: ArticlePage) -> Mapping[str, str]:
        """Why a page gives no article; also that it is empty, where it was made from a template of its article's newest
        version and holds no text any more, or the front page, where it calls itself so and its article did not."""
        own = page.own_address
        is_front_page = own is not None and self._site.is_home(own)
        if page.emptied is None and not is_front_page:
            return page.missing
        before = pages_of(self._catalog.connection, self._newspaper, url)
        if page.emptied in {template for template, _ in before if template}:
            return {"page": Reason.EMPTY.value, **page.missing}
        # there are papers that call all their pages the front page
        if is_front_page and before and not any(address and self._site.is_home(address) for _, address in before):
            return {"page": Reason.FRONT_PAGE.of(own), **page.missing}
        return page.missing

    def known_as(self, urls: Iterable[str]) -> dict[str, str]:
        """For each address the one under which the catalog, or this run, knows its article; a new one is itself."""
        identities = {url: self._site.identity_of(url) for url in urls}
        for identity in list(itertools.islice(self._new, max(0, len(self._new) - _MOST_NEW))):
            del self._new[identity]
        found = known_as(self._catalog.connection, self._newspaper, identities, self._new)
        if len(self._others) < _MOST_NEW:
            self._others |= {url: spelling for url, spelling in found.items() if url != spelling}
        return found

    def take_others(self) -> dict[str, str]:
        """The addresses since the last call that stand for articles known by others, each with that one."""
        taken, self._others = self._others, {}
        return taken

    def due(self, kind: Kind, sections: set[str] | None, *, all_of_them: bool = False) -> Iterator[Address]:
        """The addresses of a kind that are due now, or all that are known, of those that show one article the one that
        is due first; read as they are taken.

        Args:
            sections: only those found in these; None: all.

        What becomes due meanwhile is left for the next run.
        """
        instant = _LATEST if all_of_them else warc_date(now())
        last: Address | None = None
        articles: set[int] = set()
        while part := self._catalog.due(self._newspaper, kind, instant, after=last):
            for address in part:
                if sections is not None and address.section not in sections:
                    continue
                if all_of_them and address.shows_article:
                    if (article := hash(address.article_id)) in articles:
                        continue
                    articles.add(article)
                yield address
            last = part[-1]

    def listed(self, section: str, urls: Iterable[str]) -> dict[str, str]:
        """When the section's list first named each of these addresses (a WARC-Date); those it never named are left
        out."""
        return listed(self._catalog.connection, self._newspaper, "section", section, urls)

    def last_covered(self, section: str) -> str | None:
        """When the section's list was last read without a gap, as a WARC-Date."""
        return last_covered(self._catalog.connection, self._newspaper, section)

    def fetched_at(self, urls: Iterable[str]) -> dict[str, str | None]:
        """When each of these addresses was last fetched (a WARC-Date); None: never. Unknown ones are left out."""
        return fetched_at(self._catalog.connection, self._newspaper, urls)

    def watched(self) -> dict[str, str]:
        """The first pages of the sections that earlier runs found: the section's name by address."""
        return watched(self._catalog.connection, self._newspaper)

    def lists_left(self) -> set[str]:
        """The sections that have a due list page which an earlier run left unread."""
        return lists_left(self._catalog.connection, self._newspaper, warc_date(now()))

    def published(self, urls: Iterable[str]) -> dict[str, datetime]:
        """When the articles at these addresses were published, where the collection holds them."""
        found = published(self._catalog.connection, self._newspaper, urls)
        return {url: parse_warc_date(at) for url, at in found.items()}

    def unlisted(self) -> Iterator[tuple[str, str]]:
        """None: on the network there are only addresses that something names."""
        return iter(())

    def backfill_of(self, section: str) -> Backfill | None:
        """The last backfill of a section."""
        return backfill_of(self._catalog.connection, self._newspaper, section)

    def original_of(self, known: Address) -> Capture | None:
        """The capture that holds the bytes last received from an address, where the collection has them."""
        confirmed = self._catalog.capture(known.record_id) if known.record_id else None
        # a revisit must not refer to a revisit: replay follows one step
        return original_of(self._collection, self._catalog, confirmed) if confirmed else None


class RereadingFrontier(Frontier):
    """For reading an archive again: knows which captures it holds; earlier runs are ignored, and no address is due."""

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

    def unlisted(self) -> Iterator[tuple[str, str]]:
        """The archive's pages of articles: the identity of each and the one of its addresses that is read.

        An address without a query comes first, as a query may name a further page of the article. A page is an
        article's where the declaration's pattern says so; where none is declared only lists tell which are.
        """
        best: dict[str, str] = {}
        for url in self._archive.addresses(self._catalog):
            if self._site.is_own(url) and self._site.declared.article_of(url) is not None:
                identity = self._site.identity_of(url)
                if "?" not in url or "?" in best.get(identity, "?"):
                    best[identity] = url
        return iter(best.items())


class Requests:
    """Makes the requests of a newspaper's crawl.

    Args:
        errback: called with the failure of a request.
        only_due: first pages of sections, feeds and sitemaps are requested only when they are due.
        drawn: pages that scripts draw: what a 304 confirms of them are the scripts.
    """

    def __init__(
        self,
        frontier: Frontier,
        errback: Callable[[Failure], Any],
        *,
        only_due: bool,
        drawn: Collection[RequestKind] = (),
    ) -> None:
        self._frontier, self._errback, self._only_due, self._drawn = frontier, errback, only_due, drawn

    def is_wanted(self, known: Address | None) -> bool:
        """Whether a section's first page, a feed or a sitemap is requested now."""
        return not self._only_due or known is None or known.next_due_at <= now()

    def make(
        self,
        url: str,
        kind: RequestKind,
        callback: Any,
        section: str | None,
        known: Address | None = None,
        path: Path = UNKNOWN,
        priority: int = 0,
    ) -> Request:
        """A request; conditional where the catalog holds a capture of the address.

        Args:
            known: what the catalog knows of the address.
        """
        meta = {"handle_httpstatus_list": _STATUSES, **meta_of(kind, path)}
        SECTION.put(meta, section)
        # a known address is requested as the catalog writes it: the response belongs to that address
        written = url if known is not None else absolute(url) or url
        request = Request(written, callback, errback=self._errback, priority=priority, meta=meta)
        if known is not None:
            self._make_conditional(request, known)
        return request

    def _make_conditional(self, request: Request, known: Address) -> None:
        KNOWN_ADDRESS.put(request.meta, known)
        original = self._frontier.original_of(known)
        # a server that sent 304 to an unconditional request would always send it
        if KIND.of(request.meta) in self._drawn:
            return
        make_conditional(request, known, original)
