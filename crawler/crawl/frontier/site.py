"""Which addresses are the newspaper's own, and which of them look like articles."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scrapy.http import Response

from archive.identity import (
    address_key,
    article_id,
    asks_query,
    identity_of,
    is_of_words,
    names_article,
    plain_form,
    plain_path,
    plain_target,
)
from crawler.crawl.directory import with_other_forms
from crawler.declaration.declared import Declared
from crawler.request_meta import asked_for
from crawler.survey.addresses import is_of, shape_of


class NewspaperSite:
    """A newspaper's hosts and addresses as one crawl sees them.

    Args:
        origin: scheme and host under which the newspaper is crawled.
    """

    def __init__(self, declared: type[Declared], origin: str) -> None:
        self.declared, self.origin = declared, origin
        own = {urlsplit(origin).hostname or "", *declared.hosts, *declared.former_hosts}
        self.hosts = with_other_forms(own)

    def is_own(self, url: str) -> bool:
        """Whether an address is on one of the newspaper's own hosts."""
        return is_of(url, self.hosts) and self.declared.has_path(urlsplit(url).path)

    @property
    def home(self) -> str:
        """The address of the newspaper's home page."""
        return self.origin + self.declared.home_path()

    def is_home(self, url: str) -> bool:
        """Whether an address is that of the newspaper's home page, on whichever of its hosts."""
        parts = urlsplit(url)
        return self.is_own(url) and not parts.query and parts.path.rstrip("/") == self.declared.home_path().rstrip("/")

    def is_list(self, response: Response) -> bool:
        """Whether the response to a list's address is a page of the newspaper, and not an article it redirected to."""
        first = asked_for(response.meta, response.url)
        return self.is_own(response.url) and (self.names_article(first) or not self.names_article(response.url))

    def names_article(self, url: str) -> bool:
        """Whether an address looks like an article's."""
        return self.declared.article_of(url) is not None

    def identity_of(self, url: str) -> str:
        """The identity of an article's address: the same whatever session id the address has."""
        return identity_of(self.declared.name, url, self.declared.addresses_pattern())

    def at_origin(self, url: str) -> str:
        """An address as it is crawled: feeds and sitemaps name the newspaper's host also in a crawl on this machine."""
        parts = urlsplit(url)
        return url if parts.hostname not in self.declared.hosts else self.origin + url.partition(parts.netloc)[2]


class UndeclaredSite(NewspaperSite):
    """The addresses of a newspaper that no file declares; `pattern` is what its list page shows of its articles'."""

    pattern: str | None = None

    def identity_of(self, url: str) -> str:
        """The identity of an article's address, by the plain form in which the list names articles."""
        if self.pattern is None:
            return super().identity_of(url)
        if asks_query(self.pattern) and (own := article_id(self.pattern, plain_target(url))):
            # such servers know a file by small and capital letters, and further parameters say whence one came
            parts = urlsplit(url)
            return address_key(parts._replace(path=plain_path(url).lower(), query=f"id={own}").geturl())
        plain = plain_form(re.compile(self.pattern), plain_path(url))
        parts = urlsplit(url)._replace(path=plain)
        # behind a number a query says whence one came: ?from=home
        is_numbered = not is_of_words(article_id(self.pattern, plain) or "-" * 9)
        return super().identity_of((parts._replace(query="") if is_numbered else parts).geturl())

    def is_list(self, response: Response) -> bool:
        """Whether the response to a list's address is a page of the newspaper: articles are known from lists alone."""
        return self.is_own(response.url)

    def names_article(self, url: str) -> bool:
        """Whether an address has the shape of the list's articles; before a list was read, that of any article."""
        path = plain_target(url)
        return shape_of(path) is not None if self.pattern is None else names_article(re.compile(self.pattern), path)
