"""What is due, and what came of it: a crawl's view of the addresses that the catalog remembers; fetches none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs
from scrapy import Request
from scrapy.http import Response

from archive.catalog import Address
from archive.catalog.addresses import (
    Kind,
    Listed,
    Seen,
    fetched_at,
    lists_left,
    published,
    watched,
)
from archive.catalog.coverage import last_covered
from archive.catalog.discovery_sources import listed
from archive.catalog.frontier import Backfill, backfill_of
from archive.catalog.identities import known_as
from archive.catalog.lifecycle import Answer, Outcome, Revisited
from archive.clock import now, parse_warc_date, warc_date
from archive.identity import plain_address
from archive.ingest.session import Session
from archive.originals import original_of
from archive.warc.record import Original
from crawler.request_meta import (
    CAPTURED_AT,
    FIRST,
    KIND,
    KNOWN_ADDRESS,
    NESTED,
    NOT_MODIFIED,
    RECORD_ID,
    SECTION,
    RequestKind,
)
from crawler.responses import header_of

EVER = "9999"  # later than any WARC-Date


class Frontier:
    """The addresses of one newspaper, as one crawl asks for them and reports on them."""

    def __init__(
        self,
        newspaper: str,
        session: Session,
        is_own: Callable[[str], bool],
        identity_of: Callable[[str], str],
    ) -> None:
        self._newspaper, self._session, self._is_own = newspaper, session, is_own
        self._identity_of = identity_of
        self._catalog = session.collection.catalog()
        # addresses with a visitor's marks that this run found, which the catalog may not know yet
        self._marked: dict[str, str] = {}

    def close(self) -> None:
        """Let go of the catalog."""
        self._catalog.close()

    # what is remembered

    def known(self, urls: Iterable[str]) -> dict[str, Address]:
        """What is remembered of these addresses."""
        return self._catalog.addresses(self._newspaper, urls)

    def known_as(self, urls: Iterable[str]) -> dict[str, str]:
        """For each address the one under which the catalog, or this run, knows what is there; a new one is itself."""
        identities = {url: self._identity_of(url) for url in urls}
        found = known_as(self._catalog.connection, self._newspaper, identities)
        for url in identities:
            if found[url] == url and (plain := plain_address(url)) != url:
                found[url] = self._marked.setdefault(plain, url)
        return found

    def due(self, kind: Kind, sections: set[str] | None, *, all_of_them: bool = False) -> Iterator[Address]:
        """The addresses of a kind that are due now, or all that are known; read as they are taken.

        Args:
            sections: only those found in these; None: all.

        What becomes due meanwhile is left for the next run.
        """
        instant = EVER if all_of_them else warc_date(now())
        last: Address | None = None
        while part := self._catalog.due(self._newspaper, kind, instant, after=last):
            yield from (address for address in part if sections is None or address.section in sections)
            last = part[-1]

    def listed(self, section: str, urls: Iterable[str]) -> dict[str, str]:
        """Of the addresses that this section's list named before, when each was first named (a WARC-Date)."""
        return listed(self._catalog.connection, self._newspaper, "section", section, urls)

    def last_covered(self, section: str) -> str | None:
        """When the section's list was last read without a gap, as a WARC-Date."""
        return last_covered(self._catalog.connection, self._newspaper, section)

    def fetched_at(self, urls: Iterable[str]) -> dict[str, str | None]:
        """Of the addresses that are known, when each was fetched last (a WARC-Date); None: never."""
        return fetched_at(self._catalog.connection, self._newspaper, urls)

    def watched(self) -> dict[str, str]:
        """The first pages of the sections that earlier runs found: the section's name by address."""
        return watched(self._catalog.connection, self._newspaper)

    def lists_left(self) -> set[str]:
        """The sections of which a list page was left by an earlier run, and is due."""
        return lists_left(self._catalog.connection, self._newspaper, warc_date(now()))

    def published(self, urls: Iterable[str]) -> dict[str, datetime]:
        """When the articles at these addresses were published, as far as they are held."""
        found = published(self._catalog.connection, self._newspaper, urls)
        return {url: parse_warc_date(at) for url, at in found.items()}

    def backfill_of(self, section: str) -> Backfill | None:
        """The last backfill of a section."""
        return backfill_of(self._catalog.connection, self._newspaper, section)

    def make_conditional(self, request: Request, known: Address) -> None:
        """Let the server say that nothing has changed since the capture that is held."""
        KNOWN_ADDRESS.put(request.meta, known)
        confirmed = self._catalog.capture(known.record_id) if known.record_id else None
        # a revisit must not refer to a revisit: replay follows one step
        original = original_of(self._session.collection, self._catalog, confirmed) if confirmed else None
        # a server that said 304 unasked would say it for ever
        if original is None or original.status != 200 or known.status not in (200, 304):
            return
        if known.etag:
            request.headers["If-None-Match"] = known.etag
        if known.last_modified:
            request.headers["If-Modified-Since"] = known.last_modified
        if known.etag or known.last_modified:
            confirmed_by = Original(record_id=original.record_id, url=original.url, captured_at=original.captured_at)
            NOT_MODIFIED.put(request.meta, confirmed_by)

    # what is to be remembered

    def see(self, kind: Kind, urls: Iterable[str], section: str | None) -> None:
        """Remember addresses that were found; new ones are due at once, and stay so until they were fetched."""
        instant = now()
        self._session.addresses.see(Seen(url=url, kind=kind, section=section, seen_at=instant) for url in urls)

    def list_answered(
        self,
        response: Response,
        said: Listed,
        *,
        is_changed: bool = False,
        is_unread: bool = False,
        is_broken: bool = False,
        is_list: bool = True,
    ) -> None:
        """Remember a list's answer with all that it names, as one.

        Those that are looked at again and again are due by their pace, further pages when something leads there. What
        is no list, but an article to which the list's address led, is due as an article.

        Args:
            is_changed: it names something new.
            is_unread: nothing could be made of the page, so that it is asked for again in full.
            is_broken: reading it failed, which may be no fault of the page: the first time the next run asks again.
        """
        meta, outcome = response.meta, Outcome.DONE
        if is_broken or is_unread:
            outcome = Outcome.BROKEN if is_broken else Outcome.UNREAD
        self._led_on(meta, response.url, response.status, is_changed=is_changed, outcome=outcome)
        if not self._is_own(response.url):
            return
        if not is_list:
            self.see("article", [response.url], SECTION.of(meta))
            return
        named = (*said.articles, *(url for _, url in said.further))
        said = attrs.evolve(said, identities={url: self._identity_of(url) for url in named})
        answer = self._answer(response, KIND.of(meta), SECTION.of(meta))
        self._list(
            attrs.evolve(answer, outcome=outcome, revisited=_revisited(meta), is_changed=is_changed),
            said,
        )

    def list_dropped(self, request: Request) -> None:
        """Remember the addresses of lists that led to what this run asks for anyway: they are as good as read."""
        self._led_on(request.meta, request.url, 200)

    def _led_on(
        self,
        meta: Mapping[str, Any],
        leads_to: str,
        status: int,
        *,
        is_changed: bool = False,
        outcome: Outcome = Outcome.DONE,
    ) -> None:
        for answer in self._hops(meta, KIND.of(meta), SECTION.of(meta), leads_to, status):
            self._enter(attrs.evolve(answer, outcome=outcome, revisited=_revisited(meta), is_changed=is_changed))

    def article_answered(
        self,
        response: Response,
        section: str | None,
        *,
        is_done: bool = False,
        is_unread: bool = False,
        is_article: bool = True,
    ) -> None:
        """Remember an article page's answer. A page stays due until its article is released, or `is_done` without.

        Args:
            is_unread: it could not be read: that is tried again with its record, and no 304 may stand for it.
            is_article: what a redirect led to is an article's address, or another host's.
        """
        final = response.status if self._is_own(response.url) else 200
        for answer in self._hops(response.meta, "article", section, response.url, final):
            self._enter(attrs.evolve(answer, is_moved=is_article))
        if not self._is_own(response.url) or not is_article:
            return
        outcome = Outcome.DONE if is_done or response.status != 200 else Outcome.PENDING
        if is_unread:
            outcome = Outcome.UNREAD
        self._enter(attrs.evolve(self._answer(response, "article", section), outcome=outcome))

    def article_read_again(self, response: Response) -> None:
        """Remember that a page which an earlier run captured gives no article, unless a later answer is known."""
        known = self.known([response.url]).get(response.url)
        if known is not None and known.fetched_at == CAPTURED_AT.of(response.meta):
            KNOWN_ADDRESS.put(response.meta, known)
            self.article_answered(response, SECTION.of(response.meta), is_done=True)

    def picture_answered(self, url: str, status: int | None, capture_id: str | None) -> None:
        """Remember what came of asking for a picture: one that is held is not asked for again, nor one that is gone."""
        self._enter(
            Answer(url=url, kind="picture", section=None, fetched_at=now(), status=status, record_id=capture_id)
        )

    def failed(self, request: Request, kind: RequestKind, section: str | None, status: int | None) -> None:
        """Remember that an address gave no usable answer, nor those that led to it: due again ever later."""
        instant, revisited = now(), _revisited(request.meta)
        for url in dict.fromkeys([*request.meta.get("redirect_urls", ()), request.url]):
            self._enter(
                Answer(url=url, kind=kind, section=section, fetched_at=instant, status=status, revisited=revisited)
            )

    def dropped(self, request: Request, section: str | None, *, is_article: bool) -> None:
        """Remember the addresses that led to one that this run asks for anyway."""
        hops = list(self._hops(request.meta, "article", section, request.url, 200))
        if hops and is_article and self._is_own(request.url):
            self.see("article", [request.url], section)
        for answer in hops:
            self._enter(attrs.evolve(answer, is_moved=is_article))

    def _hops(
        self, meta: Mapping[str, Any], kind: str, section: str | None, leads_to: str, final: int
    ) -> Iterator[Answer]:
        """The answers that led to an address; `final` is the status of that."""
        instant = now()
        for url, status, end in _hops(meta, leads_to):
            yield Answer(
                url=url, kind=kind, section=section, fetched_at=instant, status=status, leads_to=end,
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

    def keep_backfill(self, backfill: Backfill) -> None:
        """Remember where a backfill stands that its page did not lead on."""
        self._session.addresses.keep_backfill(backfill)

    def _enter(self, answer: Answer) -> None:
        self._session.addresses.answered(answer)

    def _list(self, answer: Answer, said: Listed) -> None:
        self._session.addresses.listed(answer, said)


def _revisited(meta: Mapping[str, Any]) -> Revisited | None:
    if not FIRST.get(meta):
        return None
    return Revisited.NESTED if NESTED.get(meta) else Revisited.FIRST


def _hops(meta: Mapping[str, object], leads_to: str) -> list[tuple[str, int, str]]:
    """The addresses that led to one, with the status of each and where all of them lead in the end.

    A page whose meta element led on is an answer with status 200.
    """
    urls, reasons = meta.get("redirect_urls", ()), meta.get("redirect_reasons", ())
    assert isinstance(urls, list | tuple) and isinstance(reasons, list | tuple)
    return [
        (url, reason if isinstance(reason, int) else 200, leads_to)
        for url, reason in zip(urls, reasons, strict=True)
        if url != leads_to
    ]
