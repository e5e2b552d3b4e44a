"""Enters into the catalog what came of each request of a newspaper's crawl."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs
from scrapy import Request
from scrapy.http import Response

from archive.catalog.addresses import Kind, Listed, Seen
from archive.catalog.frontier import Backfill
from archive.catalog.lifecycle import Answer, Outcome, Revisited
from archive.clock import now
from archive.ingest.session import Session
from crawler.crawl.frontier.frontier import Frontier
from crawler.crawl.frontier.site import NewspaperSite
from crawler.request_meta import CAPTURED_AT, FIRST, KIND, KNOWN_ADDRESS, NESTED, RECORD_ID, SECTION, Meta, RequestKind
from crawler.responses import header_of


class FetchResults:
    """What came of requests: responses, failures, redirects to addresses that this run requests anyway."""

    def __init__(self, session: Session, frontier: Frontier, site: NewspaperSite) -> None:
        self._session, self._frontier, self._site = session, frontier, site

    def found(self, kind: Kind, urls: Iterable[str], section: str | None) -> None:
        """Enter addresses that were found; new ones are due at once, and stay so until they are fetched."""
        instant = now()
        self._session.addresses.see(Seen(url=url, kind=kind, section=section, seen_at=instant) for url in urls)

    def list_answered(
        self,
        response: Response,
        named: Listed,
        *,
        is_changed: bool = False,
        is_unread: bool = False,
        is_broken: bool = False,
        is_list: bool = True,
    ) -> None:
        """Enter a list's response and all that the list names, in one transaction.

        First pages, feeds and sitemaps are due again by the revisit policy, further pages when another page names them.
        An article to which the list's address led is entered as an article, and due.

        Args:
            is_changed: the list names something new.
            is_unread: nothing could be made of the page, so that it is requested again unconditionally.
            is_broken: reading the page failed, perhaps by no fault of the page: the first time the next run retries.
            is_list: false where the list's address led to an article.
        """
        meta, outcome = response.meta, Outcome.DONE
        if is_broken or is_unread:
            outcome = Outcome.BROKEN if is_broken else Outcome.UNREAD
        self._list_redirected(meta, response.url, response.status, is_changed=is_changed, outcome=outcome)
        if not self._site.is_own(response.url):
            return
        if not is_list:
            self.found("article", [response.url], SECTION.of(meta))
            return
        urls = (*named.articles, *(url for _, url in named.further))
        identities = {url: self._site.identity_of(url) for url in urls}
        named = attrs.evolve(named, identities=identities, others=self._frontier.take_others())
        answer = self._answer(response, KIND.of(meta), SECTION.of(meta))
        self._enter_list(
            attrs.evolve(answer, outcome=outcome, revisited=_revisited(meta), is_changed=is_changed), named
        )

    def list_dropped(self, request: Request) -> None:
        """Enter the lists' addresses that redirected to one which this run requests anyway, as if they were read."""
        self._list_redirected(request.meta, request.url, 200)

    def _list_redirected(
        self, meta: Meta, leads_to: str, status: int, *, is_changed: bool = False, outcome: Outcome = Outcome.DONE
    ) -> None:
        for answer in self._redirects(meta, KIND.of(meta), SECTION.of(meta), leads_to, status):
            self._enter(attrs.evolve(answer, outcome=outcome, revisited=_revisited(meta), is_changed=is_changed))

    def article_answered(
        self,
        response: Response,
        section: str | None,
        *,
        is_done: bool = False,
        is_unread: bool = False,
        is_article: bool = True,
        says_gone: bool = False,
    ) -> None:
        """Enter an article page's response. The page stays due until its article is released, unless `is_done`.

        Args:
            is_unread: it could not be read: reading is tried again from its record, and no 304 may confirm it.
            is_article: what a redirect led to is an article's address, or on another host.
            says_gone: the page says that the article is not there.
        """
        final = response.status if self._site.is_own(response.url) else 200
        for answer in self._redirects(response.meta, "article", section, response.url, final):
            self._enter(attrs.evolve(answer, is_moved=is_article))
        if not self._site.is_own(response.url) or not is_article:
            return
        outcome = Outcome.DONE if is_done or response.status != 200 else Outcome.PENDING
        if is_unread:
            outcome = Outcome.UNREAD
        answer = self._answer(response, "article", section)
        self._enter(attrs.evolve(answer, outcome=outcome, says_gone=says_gone))

    def article_read_again(self, response: Response, *, says_gone: bool = False) -> None:
        """Enter that a page captured by an earlier run has no article, unless the catalog knows a later response."""
        known = self._frontier.known([response.url]).get(response.url)
        if known is not None and known.fetched_at == CAPTURED_AT.of(response.meta):
            KNOWN_ADDRESS.put(response.meta, known)
            self.article_answered(response, SECTION.of(response.meta), is_done=True, says_gone=says_gone)

    def article_dropped(self, request: Request, section: str | None, *, is_article: bool) -> None:
        """Enter the articles' addresses that redirected to one which this run requests anyway."""
        answers = list(self._redirects(request.meta, "article", section, request.url, 200))
        if answers and is_article and self._site.is_own(request.url):
            self.found("article", [request.url], section)
        for answer in answers:
            self._enter(attrs.evolve(answer, is_moved=is_article))

    def picture_answered(self, url: str, response: Response | None) -> None:
        """Enter what came of requesting a picture, None where no response came: one that is held or gone is not due
        again."""
        answer = Answer(url=url, kind="picture", section=None, fetched_at=now(), status=None)
        if response is not None:
            answer = attrs.evolve(
                answer, status=response.status, record_id=RECORD_ID.get(response.meta),
                etag=header_of(response, "ETag"), last_modified=header_of(response, "Last-Modified"),
            )  # fmt: skip
        self._enter(answer)

    def failed(self, request: Request, kind: RequestKind, section: str | None, status: int | None) -> None:
        """Enter that an address, and those that redirected to it, gave no usable response: due again ever later."""
        instant, revisited = now(), _revisited(request.meta)
        for url in dict.fromkeys([*request.meta.get("redirect_urls", ()), request.url]):
            self._enter(
                Answer(url=url, kind=kind, section=section, fetched_at=instant, status=status, revisited=revisited)
            )

    def keep_backfill(self, backfill: Backfill) -> None:
        """Enter where a backfill stands, where no list page of it is entered."""
        self._session.addresses.keep_backfill(backfill)

    def _redirects(self, meta: Meta, kind: str, section: str | None, leads_to: str, final: int) -> Iterator[Answer]:
        """The responses that redirected to an address; `final` is that address's own status."""
        instant = now()
        for url, status in _redirected(meta, leads_to):
            yield Answer(
                url=url, kind=kind, section=section, fetched_at=instant, status=status, leads_to=leads_to,
                leads_to_status=final,
            )  # fmt: skip

    def _answer(self, response: Response, kind: str, section: str | None) -> Answer:
        return Answer(
            url=response.url,
            kind=kind,
            section=section,
            fetched_at=CAPTURED_AT.of(response.meta),
            status=response.status,
            etag=header_of(response, "ETag"),
            last_modified=header_of(response, "Last-Modified"),
            record_id=RECORD_ID.of(response.meta),
        )

    def _enter(self, answer: Answer) -> None:
        self._session.addresses.answered(answer)

    def _enter_list(self, answer: Answer, named: Listed) -> None:
        self._session.addresses.listed(answer, named)


def _revisited(meta: Meta) -> Revisited | None:
    if not FIRST.get(meta):
        return None
    return Revisited.NESTED if NESTED.get(meta) else Revisited.FIRST


def _redirected(meta: Meta, leads_to: str) -> list[tuple[str, int]]:
    """The addresses that redirected to another one, with the status of each; 200 for a meta refresh."""
    urls, reasons = meta.get("redirect_urls", ()), meta.get("redirect_reasons", ())
    assert isinstance(urls, list | tuple) and isinstance(reasons, list | tuple)
    return [
        (url, reason if isinstance(reason, int) else 200)
        for url, reason in zip(urls, reasons, strict=True)
        if url != leads_to
    ]


class DiscardedResults(FetchResults):
    """For rereading an archive: what its old pages say is entered of no address."""

    def found(self, kind: Kind, urls: Iterable[str], section: str | None) -> None:
        """Discard."""

    def _enter(self, answer: Answer) -> None:
        """Discard."""

    def _enter_list(self, answer: Answer, named: Listed) -> None:
        """Discard."""
