"""Finds addresses that a newspaper's robots.txt forbids now and allowed when they were crawled."""

from __future__ import annotations

import functools
import sqlite3
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import attrs
from protego import Protego

from archive.catalog import Capture, Catalog
from archive.clock import warc_date
from archive.collection import Collection
from archive.robots import AGENT, robots_of

# How long the alarm of new rules lasts.
NEWS = timedelta(days=30)
_RECENT_ARTICLES = 50
_MOST_CAPTURES = 400
_MOST_WITHOUT_RULES = 10

_LISTS = """SELECT url FROM addresses INDEXED BY addresses_revisited WHERE newspaper = ?
    AND kind IN ('section', 'feed', 'sitemap') AND revisit_interval IS NOT NULL AND fetched_at IS NOT NULL
    AND gone_at IS NULL ORDER BY url"""
_ARTICLES = """SELECT r.url FROM (SELECT newspaper, url, max(seq) AS last FROM recent_versions WHERE newspaper = ?1
        GROUP BY url ORDER BY last DESC LIMIT 2 * ?2) r
    JOIN addresses a ON a.newspaper = r.newspaper AND a.url = r.url
    WHERE a.gone_at IS NULL ORDER BY r.last DESC LIMIT ?2"""


@attrs.frozen(kw_only=True)
class Ban:
    """New rules of robots.txt: the lists that they forbid, and how many of the latest articles.

    Args:
        since: when the first robots.txt that forbids any of them was captured.
    """

    since: datetime
    lists: tuple[str, ...]
    articles: int
    of_articles: int


def new_ban(collection: Collection, catalog: Catalog, newspaper: str, instant: datetime) -> Ban | None:
    """The new rules of the newspaper's robots.txt; None where they forbid nothing that was crawled, or are old.

    Forbidden articles count if they are more than half of the latest: a small part of a site may be forbidden.
    """
    lists, articles = _crawled(catalog.connection, newspaper)
    forbidden: list[str] = []
    since: list[datetime] = []
    count = 0
    for origin in sorted({*lists, *articles}):
        own_lists, own_articles = lists[origin], articles[origin]
        if not _forbids_any(collection, catalog, origin, instant, own_lists + own_articles):
            continue
        states = _states(collection, catalog, origin, instant)
        current = next(states, None)
        if current is None:
            continue
        first, rules = current
        banned, left = rules.banned(own_lists), rules.banned(own_articles)
        if not banned and not left:
            continue
        for at, older in states:
            if not older.banned(banned + left):
                break
            first = at
        forbidden, count, since = forbidden + banned, count + len(left), [*since, first]
    of_articles = sum(map(len, articles.values()))
    if not forbidden and 2 * count <= of_articles:
        return None
    ban = Ban(since=min(since), lists=tuple(forbidden), articles=count, of_articles=of_articles)
    return ban if instant - ban.since <= NEWS else None


@functools.lru_cache(10_000)
def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _crawled(
    connection: sqlite3.Connection, newspaper: str
) -> tuple[defaultdict[str, list[str]], defaultdict[str, list[str]]]:
    """The lists and the latest articles that were read, by origin."""
    found: list[defaultdict[str, list[str]]] = []
    for query, *more in ((_LISTS,), (_ARTICLES, _RECENT_ARTICLES)):
        by_origin: defaultdict[str, list[str]] = defaultdict(list)
        for (url,) in connection.execute(str(query), (newspaper, *more)):
            by_origin[_origin(url)].append(url)
        found.append(by_origin)
    return found[0], found[1]


@attrs.frozen(eq=False)
class _Rules:
    """The rules of a record, with what they said of addresses: most are asked for again and again."""

    parsed: Protego
    _allowed: dict[str, bool] = attrs.field(factory=dict)

    def banned(self, urls: list[str]) -> list[str]:
        """Those of the addresses that the rules forbid."""
        if len(self._allowed) > _MOST_KNOWN:
            self._allowed.clear()
        return [url for url in urls if not self._is_allowed(url)]

    def _is_allowed(self, url: str) -> bool:
        if url not in self._allowed:
            self._allowed[url] = self.parsed.can_fetch(url, AGENT)
        return self._allowed[url]


_MOST_KNOWN = 1000
_known: OrderedDict[tuple[Path, str], _Rules] = OrderedDict()


def _rules_of(collection: Collection, catalog: Catalog, capture: Capture) -> _Rules | None:
    """The rules of a capture, which is read once; None where it has none."""
    key = (collection.root, capture.record_id)
    if key not in _known:
        rules = robots_of(collection, catalog, capture)
        if rules is None:
            return None
        while len(_known) >= _MOST_KNOWN:
            _known.pop(next(iter(_known)))
        _known[key] = _Rules(rules)
    return _known[key]


def _forbids_any(collection: Collection, catalog: Catalog, origin: str, instant: datetime, urls: list[str]) -> bool:
    """Whether the last robots.txt with rules forbids any of the addresses; most forbid none, and no other is read."""
    for most in (1, _MOST_WITHOUT_RULES):
        for capture in catalog.captures_of(f"{origin}/robots.txt", warc_date(instant), most):
            if rules := _rules_of(collection, catalog, capture):
                return bool(rules.banned(urls))
    return True


def _states(
    collection: Collection, catalog: Catalog, origin: str, instant: datetime
) -> Iterator[tuple[datetime, _Rules]]:
    """The rules over time, the newest first, each with the first capture that had them."""
    turn: list[Capture] = []
    for capture in catalog.captures_of(f"{origin}/robots.txt", warc_date(instant), _MOST_CAPTURES):
        if turn and capture.payload_digest != turn[-1].payload_digest:
            if rules := _rules_of(collection, catalog, turn[-1]):
                yield turn[-1].captured_at, rules
            turn.clear()
        turn.append(capture)
    if turn and (rules := _rules_of(collection, catalog, turn[-1])):
        yield turn[-1].captured_at, rules
