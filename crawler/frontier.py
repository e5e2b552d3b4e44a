"""What is due, and what came of it: a crawl's view of the addresses that the catalog remembers; fetches none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from archive.addresses import Fetched, Kind, Listed, Seen, Walk, Way, listed, published, walk_of
from archive.catalog import Address
from archive.clock import now, parse_warc_date, warc_date
from archive.session import Session
from archive.warc.record import Original
from crawler.capture import CAPTURED_AT, NOT_MODIFIED, RECORD_ID
from crawler.looks import FAR, MONTH, YEAR, Looks, after_failure, list_due
from crawler.path import FIRST, NESTED
from crawler.responses import header_of

KNOWN = "known"  # in request.meta: what the catalog remembered of the address when it was asked for
EVER = "9999"  # later than any WARC-Date


class Frontier:
    """The addresses of one newspaper, as one crawl asks for them and reports on them."""

    def __init__(self, newspaper: str, session: Session, looks: Looks) -> None:
        self._newspaper, self._session, self._looks = newspaper, session, looks
        self._catalog = session.collection.catalog()

    def close(self) -> None:
        """Let go of the catalog."""
        self._catalog.close()

    # what is remembered

    def known(self, urls: Iterable[str]) -> dict[str, Address]:
        """What is remembered of these addresses."""
        return self._catalog.addresses(self._newspaper, urls)

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

    def listed(self, way: Way, source: str, urls: Iterable[str]) -> set[str]:
        """Those of the addresses that this list named before."""
        return listed(self._catalog.connection, self._newspaper, way, source, urls)

    def published(self, urls: Iterable[str]) -> dict[str, datetime]:
        """When the articles at these addresses were published, as far as they are held."""
        found = published(self._catalog.connection, self._newspaper, urls)
        return {url: parse_warc_date(at) for url, at in found.items()}

    def walk_of(self, section: str) -> Walk | None:
        """The walk through a section that an earlier run began and none has ended."""
        return walk_of(self._catalog.connection, self._newspaper, section)

    def make_conditional(self, request: Request, known: Address) -> None:
        """Let the server say that nothing has changed since the capture that is held."""
        request.meta[KNOWN] = known
        confirmed = self._catalog.capture(known.record_id) if known.record_id else None
        # a revisit must not refer to a revisit: replay follows one step
        original = self._catalog.original_of(confirmed) if confirmed else None
        # a server that said 304 unasked would say it for ever
        if original is None or original.status != 200 or known.status not in (200, 304):
            return
        if known.etag:
            request.headers["If-None-Match"] = known.etag
        if known.last_modified:
            request.headers["If-Modified-Since"] = known.last_modified
        if known.etag or known.last_modified:
            request.meta[NOT_MODIFIED] = Original(
                record_id=original.record_id, url=original.url, captured_at=original.captured_at
            )

    # what is to be remembered

    def see(self, kind: Kind, urls: Iterable[str], section: str | None) -> None:
        """Remember addresses that were found; new ones are due at once, and stay so until they were fetched."""
        instant = now()
        self._session.see(Seen(url=url, kind=kind, section=section, seen_at=instant) for url in urls)

    def list_answered(
        self,
        response: Response,
        kind: Kind,
        section: str | None,
        *,
        way: Way,
        source: str,
        articles: Iterable[str] = (),
        further: Iterable[tuple[Kind, str]] = (),
        edited: Iterable[str] = (),
        is_changed: bool = False,
        walk: Walk | None = None,
        is_walk_over: bool = False,
        is_list: bool = True,
    ) -> None:
        """Remember a list's answer with all that it names, as one; the words are those of `Listed`.

        Those that are looked at again and again are due by their pace, further pages when something leads there. What
        is no list, but an article to which the list's address led, is due as an article.
        """
        meta = response.meta
        known: Address | None = meta.get(KNOWN)
        pace = None
        if meta.get(FIRST):
            pace = self._looks.pace(known.pace if known else None, is_changed, is_nested=meta.get(NESTED, False))
        instant = now()
        due = list_due(pace, instant) if pace is not None else instant + FAR
        for url, status, leads_to in _redirects(response):
            self._enter(
                Fetched(
                    url=url, kind=kind, section=section, fetched_at=instant, status=status, next_due_at=due,
                    leads_to=leads_to, pace=pace,
                )
            )  # fmt: skip
        if _is_elsewhere(response):
            return
        if not is_list:
            self.see("article", [response.url], section)
            return
        answer = self._answer(response, kind, section, due, meta[RECORD_ID], pace=pace, is_changed=is_changed)
        self._list(
            Listed(
                answer=answer, way=way, source=source, articles=tuple(articles), further=tuple(further),
                edited=tuple(edited), walk=walk, is_walk_over=is_walk_over,
            )
        )  # fmt: skip

    def article_answered(
        self, response: Response, section: str | None, *, is_done: bool = False, is_article: bool = True
    ) -> None:
        """Remember an article page's answer. A page stays due until its article is released, or `is_done` without.

        Args:
            is_article: what a redirect led to is an article's address, or another host's.
        """
        known: Address | None = response.meta.get(KNOWN)
        for url, status, leads_to in _redirects(response):
            self._redirected(url, section, status, leads_to, is_moved=is_article)
        if _is_elsewhere(response) or not is_article:
            return
        due, record_id = now(), None
        if response.status != 200 or is_done:
            changed = (known.changed_at or known.first_seen_at) if known else None
            if response.status in (404, 410):
                is_first = known is None or known.gone_at is None
                due = self._looks.after_absence(changed, now(), is_first=is_first)
            else:
                due = self._looks.due_again(changed, now())
            # before the article is released a page bears no record's id: a crash must not leave a 304 in its place
            record_id = response.meta[RECORD_ID]
        self._enter(self._answer(response, "article", section, due, record_id))

    def picture_answered(self, url: str, status: int | None, capture_id: str | None, failures: int = 0) -> None:
        """Remember what came of asking for a picture: one that is held is not asked for again, nor one that is gone."""
        instant = now()
        failed = status is None or status >= 500
        due = after_failure(failures, instant) if failed else instant + FAR
        self._enter(
            Fetched(
                url=url, kind="picture", section=None, fetched_at=instant, status=status, next_due_at=due,
                capture_id=capture_id, record_id=capture_id,
            )
        )  # fmt: skip

    def failed(self, request: Request, kind: Kind, section: str | None, status: int | None) -> None:
        """Remember that an address gave no usable answer: due again in an hour, each further time four times later."""
        instant = now()
        known: Address | None = request.meta.get(KNOWN)
        due = after_failure(known.failures if known else 0, instant)
        if request.meta.get(FIRST):
            due = min(due, list_due(self._looks.list_most, instant))
        for url in dict.fromkeys([*request.meta.get("redirect_urls", ()), request.url]):
            self._enter(
                Fetched(url=url, kind=kind, section=section, fetched_at=instant, status=status, next_due_at=due)
            )

    def dropped(self, request: Request, section: str | None, *, is_article: bool) -> None:
        """Remember the addresses that led to one that this run asks for anyway."""
        hops = _hops(request.meta, request.url)
        if hops and is_article and urlsplit(hops[0][0]).hostname == urlsplit(request.url).hostname:
            self.see("article", [request.url], section)
        for url, status, leads_to in hops:
            self._redirected(url, section, status, leads_to, is_moved=is_article)

    def _redirected(self, url: str, section: str | None, status: int, leads_to: str, *, is_moved: bool) -> None:
        instant = now()
        self._enter(
            Fetched(
                url=url, kind="article", section=section, fetched_at=instant, status=status,
                next_due_at=instant + (YEAR if is_moved else MONTH), leads_to=leads_to, is_moved=is_moved,
            )
        )  # fmt: skip

    def _answer(
        self, response: Response, kind: Kind, section: str | None, due: datetime, record_id: str | None, **more: object
    ) -> Fetched:
        return Fetched(
            url=response.url,
            kind=kind,
            section=section,
            fetched_at=response.meta[CAPTURED_AT],
            status=response.status,
            next_due_at=due,
            etag=header_of(response, "ETag"),
            last_modified=header_of(response, "Last-Modified"),
            capture_id=response.meta[RECORD_ID],
            record_id=record_id,
            **more,  # type: ignore[arg-type]
        )

    def _enter(self, outcome: Fetched) -> None:
        self._session.fetched(outcome)

    def _list(self, said: Listed) -> None:
        self._session.listed(said)


def unconditional(request: Request) -> Request:
    """The request, to be answered in full also where nothing was changed."""
    for field in ("If-None-Match", "If-Modified-Since"):
        request.headers.pop(field, None)
    request.meta.pop(NOT_MODIFIED, None)
    return request


def _redirects(response: Response) -> list[tuple[str, int, str]]:
    return _hops(response.meta, response.url)


def _hops(meta: Mapping[str, object], leads_to: str) -> list[tuple[str, int, str]]:
    """The addresses that led to one, with the status of each and where all of them lead in the end."""
    urls, reasons = meta.get("redirect_urls", ()), meta.get("redirect_reasons", ())
    assert isinstance(urls, list | tuple) and isinstance(reasons, list | tuple)
    return [
        (url, reason if isinstance(reason, int) else 301, leads_to)
        for url, reason in zip(urls, reasons, strict=True)
        if url != leads_to
    ]


def _is_elsewhere(response: Response) -> bool:
    """Whether a redirect led to another host: its address is none of this newspaper's."""
    first: str = response.meta.get("redirect_urls", [response.url])[0]
    return urlsplit(first).hostname != urlsplit(response.url).hostname


class ForgetfulFrontier(Frontier):
    """For rereading an archive: nothing is known or due, and what an old page says is remembered of no address."""

    def known(self, urls: Iterable[str]) -> dict[str, Address]:
        """Nothing."""
        return {}

    def due(self, kind: Kind, sections: set[str] | None, *, all_of_them: bool = False) -> Iterator[Address]:
        """None."""
        return iter(())

    def listed(self, way: Way, source: str, urls: Iterable[str]) -> set[str]:
        """None."""
        return set()

    def see(self, kind: Kind, urls: Iterable[str], section: str | None) -> None:
        """Forget."""

    def _enter(self, outcome: Fetched) -> None:
        """Forget."""

    def _list(self, said: Listed) -> None:
        """Forget."""
