"""A newspaper that no file declares: the given list page shows the form of its articles' addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

import attrs
from scrapy.http import Response

from archive.identity import names_article, plain_target
from crawler.crawl.directory import Directory
from crawler.crawl.frontier.site import NewspaperSite, UndeclaredSite
from crawler.crawl.newspaper import NewspaperSpider
from crawler.crawl.single_pages import web_addresses
from crawler.declaration.layout import Rules, Section
from crawler.declaration.schema import refuse_numbers
from crawler.extract import ListPage
from crawler.http.resolver import Loopback
from crawler.request_meta import SECTION
from crawler.responses import kind_of
from crawler.survey.addresses import articles_among, own_pattern
from crawler.survey.page import PageSurvey
from crawler.survey.sections import as_name, paging_of

_LONGEST_NAME = 60


class UndeclaredNewspaper(NewspaperSpider):
    """One section of a site, read without rules. An article's id is taken from its own address."""

    origin_asked: ClassVar[str]
    article_pattern = r"(?!)(?P<id>)"

    def __init__(self, **arguments: Any) -> None:
        self._site = UndeclaredSite(type(self), self.origin_asked)
        super().__init__(**arguments)
        self._names: dict[str | None, str] = {}

    def site_at(self, _place: Loopback | None) -> NewspaperSite:
        """The site of the address that was given, also in a crawl of this machine."""
        return self._site

    async def read_list(self, response: Response) -> ListPage:
        """What the list page names: articles by the form of their addresses, further pages by their numbers."""
        survey = await self.readers.survey(response.body, response.url, kind_of(response), self.rules())
        found = articles_among(survey.links, self.site.hosts)
        # the first page decides: a later one may name a single article, of another form
        self._site.pattern = self._site.pattern or (found.pattern if found else None)
        self._names.setdefault(SECTION.of(response.meta), _name_of(survey))
        chosen = re.compile(self._site.pattern or self.article_pattern)
        urls = dict.fromkeys(link.url for link in survey.links)
        return ListPage(
            articles=[url for url in urls if names_article(chosen, plain_target(url))],
            pages=list(paging_of(survey).urls),
            requisites=survey.requisites,
            boilerplate=survey.boilerplate,
        )

    def rules_of(self, url: str, section: str | None) -> tuple[str | None, Rules]:
        """Rules by the form of the article's own address, so that its id does not depend on the list."""
        rules = attrs.evolve(self.rules(), article_pattern=own_pattern(plain_target(url)))
        return self._names.get(section) or None, rules


def _name_of(survey: PageSurvey) -> str:
    """The section's name: the text of its link in the menu, else the beginning of the page's title."""
    path = urlsplit(survey.url).path.rstrip("/")
    for link in survey.links:
        if urlsplit(link.url).path.rstrip("/") == path and 2 <= len(link.text) <= _LONGEST_NAME and not link.is_aside:
            return as_name(link.text)
    title = re.split(r"\s+[|–-]\s+", survey.head_title or "")[0]
    return title if len(title) <= _LONGEST_NAME else ""


def undeclared(url: str, known: Mapping[str, type[NewspaperSpider]]) -> tuple[type[NewspaperSpider], dict[str, str]]:
    """The spider for an address, and its arguments: a declared newspaper's spider if it declares the host.

    Raises:
        BadAddress: it is no web address.
        NoHostName: its host is an IP address.
    """
    (url,) = web_addresses([url])
    refuse_numbers(url)
    parts = urlsplit(url)
    host, path = parts.hostname or "", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if spider := Directory.of(known.values()).owner(url):
        declared = next((one for one in spider.sections if one.path.rstrip("/") == path.rstrip("/")), None)
        return spider, {"section": declared.name} if declared else {"page": path} if path != "/" else {}
    name = host.removeprefix("www.")
    values = {
        "name": name,
        "title": name,
        "province": None,
        "hosts": (host,),
        "origin_asked": f"{parts.scheme}://{parts.netloc}",
        "sections": (Section(path.strip("/") or "/", path),),
        "family": "undeclared",
    }
    return type("Undeclared", (UndeclaredNewspaper,), values), {}
