"""Which addresses of a site are articles: those of the form that most long headlines link to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import attrs

from archive.identity import is_other_form, names_article, plain_target, without_form
from crawler.survey.page import Link

_LAST = re.compile(r"(?P<stem>[^/]+?)(?P<ext>\.[a-z]{2,5})?(?P<slash>/?)")
_TAIL = re.compile(r"(?P<slug>[^/]{4,}?)(?P<mark>[-._]+[a-z]{0,8}?)(?P<id>\d{3,})")
_HEX = re.compile(r"(?P<slug>[^/]{4,})-(?P<id>(?![a-f]\d+$)(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,})")
_HEAD = re.compile(r"(?P<id>\d{4,})-(?P<slug>[^/]{4,})")
# Parameters that hold an article's number, those that say so first; "Itemid" and "catid" are of menus and sections
_NUMBERED = (
    re.compile(
        r"(?:^|&)(?P<name>(?:news|article|art|post|content|story|doc|baiviet|bai|tin)_?id|id_?(?:news|article|tin|baiviet|bai)"
        r"|baiviet|nid|ma_?(?:tin|bai))=(?P<id>\d{3,})(?=[:&-]|$)", re.IGNORECASE
    ),
    re.compile(r"(?:^|&)(?P<name>id|aid|sid|tin)=(?P<id>\d{3,})(?=[:&-]|$)", re.IGNORECASE),
)  # fmt: skip
_PROGRAM = re.compile(r"\.(?:aspx?|php\d?|jspx?|do|cfm|cgi|ashx)$", re.IGNORECASE)
_WORDY = re.compile(r"[^/]*[a-z][^/]*(?:-[^/-]+){4,}")
_MONTH = re.compile(r"(?:19|20)\d{2}(?:/?(?:0[1-9]|1[0-2])){1}(?:/\d{1,2})?")
# Longer addresses are ignored: a hostile page could fill the frontier with them.
_LONGEST = 2083
# Fewest words of a headline; a section's name has fewer.
HEADLINE = 4
# A site may give an article the two times of one moment a little apart.
_BY_HAND = timedelta(minutes=2)
_BEHIND = 3


def is_of(url: str, hosts: Collection[str | None]) -> bool:
    """Whether an address is on one of these hosts."""
    if len(url) > _LONGEST:
        return False
    try:
        parts = urlsplit(url)
        # user and password before the host would give one page any number of addresses
        return parts.hostname in hosts and parts.username is None and (parts.port is None or parts.port > 0)
    except ValueError:  # such as a port above 65535
        return False


@attrs.frozen
class Shape:
    """The form of articles' addresses: the `kind` of id, the character before it, the ending, a slash at the end.

    Of an id in the query `mark` is its parameter, and `ext` the file's name.
    """

    kind: str
    mark: str
    ext: str
    slash: bool

    def pattern(self, shortest: int = 4) -> str:
        """A regular expression for paths, with a group `id`. `shortest`: digits of the shortest id seen."""
        end = re.sub(r"([.])", r"\\\1", self.ext) + ("/?" if self.slash else "") + "$"
        mark = re.sub(r"([.])", r"\\\1", self.mark)
        if self.kind == "query":
            return rf"(?i:/{re.escape(self.ext)}\?(?:.*&)?{mark}=)(?P<id>\d{{{max(3, shortest - 1)},}})(?=[:&-]|$)"
        least = max(3, shortest - 1)
        if self.kind == "tail":
            return rf"[^/]{mark}(?P<id>\d{{{least},}}){end}"
        if self.kind == "hex":
            return rf"-(?P<id>[0-9a-f]{{7,}}){end}"
        if self.kind == "head":
            return rf"/(?P<id>\d{{{least},}})-[^/]+{end}"
        if self.kind == "whole":
            return rf"/(?P<id>\d{{{least},}})(?:/[^/]+)?{end}"
        if self.kind == "month":
            return rf"/(?P<id>\d{{4}}/?\d\d(?:/\d+)?/[^/]+?){end}"
        return rf"/(?P<id>[^/]+(?:-[^/-]+){{4,}}){end}"


def edited_articles(published: Mapping[str, datetime], changed: Mapping[str, datetime]) -> list[str]:
    """The articles that a feed or sitemap says were changed after they were published, the likeliest first.

    Where the time of publication is not given, those that were changed later than articles of the next numbers.
    """
    found = {url: _BEHIND for url, at in changed.items() if url in published and at - published[url] > _BY_HAND}
    shaped = [(shape_of(url), url) for url in changed if url not in published]
    numbered = sorted((int(own[1]), url) for own, url in shaped if own is not None and own[1].isdecimal())
    for nth, (_, url) in enumerate(numbered):
        later = sum(changed[other] < changed[url] for _, other in numbered[nth + 1 : nth + 1 + _BEHIND])
        if later:
            found[url] = later
    return sorted(found, key=lambda url: (found[url], changed[url]), reverse=True)


def shape_of(path: str) -> tuple[Shape, str] | None:
    """The form of an article's address and the id in it; None if it is not an article's."""
    parts = urlsplit(path)
    in_query = _shape_in_query(parts.path, parts.query)
    # the file's name may be words, and a folder a number
    if in_query is not None and _PROGRAM.search(parts.path):
        return in_query
    return _shape_in(parts.path) or _shape_in(without_form(parts.path)) or in_query


def _shape_in_query(path: str, query: str) -> tuple[Shape, str] | None:
    found = next(filter(None, (expression.search(query) for expression in _NUMBERED)), None) if query else None
    if found is None:
        return None
    return Shape("query", found["name"].lower(), path.rpartition("/")[2].lower(), slash=False), found["id"]


def _shape_in(path: str) -> tuple[Shape, str] | None:
    above, _, last = path.rstrip("/").rpartition("/")
    found = _LAST.fullmatch(last)
    if found is None:
        return None
    stem, ext, slash = found["stem"], found["ext"] or "", path.endswith("/")
    for kind, expression in (("hex", _HEX), ("tail", _TAIL)):
        if own := expression.fullmatch(stem):
            return Shape(kind, own.groupdict().get("mark", "-"), ext, slash), own["id"]
    if own := _HEAD.fullmatch(stem):
        return Shape("head", "", ext, slash), own["id"]
    number = next((part for part in (stem, above.rpartition("/")[2]) if re.fullmatch(r"\d{4,}", part)), None)
    if month := re.search(rf"/({_MONTH.pattern})$", above):
        return Shape("month", "", ext, slash), f"{month[1]}/{stem}"
    if number:
        return Shape("whole", "", ext, slash), number
    return (Shape("words", "", ext, slash), stem) if _WORDY.fullmatch(stem) else None


@attrs.frozen
class Articles:
    """The article addresses of a site: their pattern, and those found."""

    pattern: str
    urls: tuple[str, ...]


def articles_among(links: Iterable[Link], hosts: Collection[str | None]) -> Articles | None:
    """The articles among a site's links: those of the form to which most of the longest headlines link."""
    words: dict[str, int] = defaultdict(int)
    for link in links:
        if is_of(link.url, hosts) and not (link.in_menu and len(link.text.split()) < 2 * HEADLINE):
            words[link.url] = max(words[link.url], len(link.text.split()))
    weights: dict[Shape, int] = defaultdict(int)
    of_shape: dict[Shape, list[tuple[str, str]]] = defaultdict(list)
    for url, count in words.items():
        if shaped := shape_of(plain_target(url)):
            of_shape[shaped[0]].append((url, shaped[1]))
            weights[shaped[0]] += min(count, 15) if count >= HEADLINE else 0
    # a headline that ends in a year looks like one with an id: an address with an id of its own counts more
    best = max(weights, key=lambda shape: weights[shape] * (0.5 if shape.kind == "words" else 1), default=None)
    if best is None or not weights[best]:
        return None
    if best.kind == "tail" and (sibling := Shape("hex", "-", best.ext, best.slash)) in weights and best.mark == "-":
        # some hexadecimal ids have only decimal digits
        best = sibling if weights[sibling] * 2 >= weights[best] else best
    pattern = best.pattern(min(len(own_id) for _, own_id in of_shape[best]))
    chosen = re.compile(pattern)
    urls = tuple(url for url in words if names_article(chosen, plain_target(url)))
    return Articles(pattern, urls)


def is_article(pattern: re.Pattern[str], url: str) -> bool:
    """Whether an address is an article's by the pattern, and not one for telephones, for printing, or as AMP."""
    return not is_other_form(url) and names_article(pattern, plain_target(url))


def own_pattern(path: str) -> str:
    """The pattern that finds an article's id in its own address, independent of the site's other addresses."""
    shaped = shape_of(path)
    return shaped[0].pattern(3) if shaped else r"(?!)(?P<id>)"
