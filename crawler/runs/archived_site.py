"""The captured pages of a site, as a survey would have fetched them, so that a declaration can be drafted from them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import attrs

from archive.batch.pages import read_page
from archive.catalog import Capture, Catalog
from archive.collection import Collection
from archive.errors import NothingToRead, PageUnreadable, RecordError
from archive.warc.cdxj import urlkey
from crawler.crawl.directory import host_of, with_other_forms
from crawler.declaration.layout import Rules
from crawler.reading.pool import Readers
from crawler.survey.addresses import articles_among
from crawler.survey.page import FetchedPage, Kind, Link, PageSurvey

_MOST_PAGES = 300
_MOST_BYTES = 8 * 1024 * 1024
_HOME = re.compile(r"/(?:index\.\w+)?")


@attrs.frozen
class ArchivedSite:
    """The latest captures of a site's pages, and what they link to, by their addresses."""

    pages: tuple[FetchedPage, ...]
    surveys: dict[str, PageSurvey]
    hosts: tuple[str, ...]


def archived_site(collection: Collection, address: str, seconds: float) -> ArchivedSite:
    """Look at the captured pages of the host of an address.

    Args:
        seconds: how long one page may take.

    Raises:
        NothingToRead: no page of it was captured.
    """
    host = host_of(address)
    with collection.catalog() as catalog:
        found = [page for one in _latest(catalog, host) if (page := _fetched(collection, catalog, one)) is not None]
    if not found:
        raise NothingToRead(host, "the collection holds no page of it", "import an archive with some, or crawl it")
    hosts = tuple(dict.fromkeys(host_of(page.url) for page in found))
    surveys = asyncio.run(_survey(found, seconds))
    named = [Link(page.url, "") for page in found]
    links = [link for survey in surveys.values() for link in survey.links]
    articles = articles_among([*links, *named], with_other_forms({*hosts}))
    pattern = re.compile(articles.pattern if articles else r"(?!)")
    pages = tuple(_judged(page, pattern) for page in found)
    lists = {page.url: surveys[page.url] for page in pages if page.kind != "article" and page.url in surveys}
    if articles_among([link for survey in lists.values() for link in survey.links], hosts) is None:
        lists[address] = _list_of(address, named)  # an archive of articles alone: it is as if a list named them
    return ArchivedSite(pages, lists, hosts)


def _latest(catalog: Catalog, host: str) -> list[Capture]:
    """The latest answers 200 of a host's pages, of each address one."""
    prefix = urlkey(f"https://{host}/").partition(")")[0] + ")"
    rows = catalog.connection.execute(
        """SELECT record_id, max(captured_at) FROM captures WHERE urlkey >= ? AND urlkey < ? AND status = 200
        AND type = 'response' AND mime LIKE '%html%' GROUP BY urlkey ORDER BY 2 DESC LIMIT ?""",
        (prefix, prefix[:-1] + "*", _MOST_PAGES),
    ).fetchall()
    return [one for record_id, _ in rows if (one := catalog.capture(record_id)) is not None]


def _fetched(collection: Collection, catalog: Catalog, capture: Capture) -> FetchedPage | None:
    try:
        page = read_page(collection, catalog, capture)
    except (RecordError, OSError):
        return None
    if page is None:
        return None
    headers = {"Content-Type": page.content_type} if page.content_type else {}
    return FetchedPage(
        kind="section", url=capture.url, body=page.body[:_MOST_BYTES], headers=headers, captured_at=capture.captured_at
    )


def _judged(page: FetchedPage, pattern: re.Pattern[str]) -> FetchedPage:
    path = urlsplit(page.url).path
    kind: Kind = "home" if _HOME.fullmatch(path or "/") else "article" if pattern.search(path) else "section"
    return attrs.evolve(page, kind=kind, section=path if kind == "section" else None)


def _list_of(address: str, links: Sequence[Link]) -> PageSurvey:
    return PageSurvey(
        url=address, links=tuple(links), feeds=(), head_title=None, site_name=None, requisites=[], boilerplate=[]
    )


async def _survey(pages: Sequence[FetchedPage], seconds: float) -> dict[str, PageSurvey]:
    readers = Readers(seconds)
    surveys = {}
    try:
        for page in pages:
            try:
                survey = await readers.survey(page.body, page.url, page.headers, Rules(newspaper=""))
            except PageUnreadable:
                continue
            surveys[page.url] = survey
    finally:
        readers.close()
    return surveys
