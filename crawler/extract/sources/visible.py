"""Headlines and bylines that a page without rules shows, in document order."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterable, Iterator, Sequence

import attrs

from crawler.extract.bylines.signatures import byline_below_headline, source_below_headline
from crawler.extract.page import Page
from crawler.extract.selectors import Element, texts, with_ancestors, with_attribute
from crawler.extract.text import SILENT, bare, fold, text_of

_BYLINE = re.compile(
    r"author|byline|by-line|writer|reporter|tac-?gia|tacgia|nguoi-?viet|pen-?name|butdanh|but-?danh|autor|verfasser|journalist",
    re.IGNORECASE,
)
# Addresses of the pages that papers have on their writers.
_WRITERS_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es|s)?|auteurs?|redakteur(?:e|in)?|journalists?|writers?|columnists?|"
    r"reporters?|by|staff|tac-?gia)/[^/?#]*[a-z][^/?#]*",
    re.IGNORECASE,
)
_NO_BYLINE = re.compile(
    r"bio|avatar|image|photo|img|follow|related|comment|desc|box-?other|social|more|title-?tag|share|copy|button|btn|tool",
    re.IGNORECASE,
)
# Classes of headlines on pages without h1, and those of boxes and menus
_TITLE = re.compile(r"(?:^|[-_ ])(?:tieu-?_?de|title|headline)|(?:[a-z]|^)(?:TieuDe|Title|Headline)\b", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"box|block|menu|widget|module|sub|site|page|section|cat|nav|logo|banner|related|other|khac|list|small|phu|chuyen",
    re.IGNORECASE,
)
_MOST = 40
_MOST_WRITERS = 6
_NEAR = 3
_LONGEST_BYLINE = 160
_LONGEST_TEXT = 200
_LONGEST_TITLE = 400
_LEAST_TITLE = 8
_LONGEST_SECTION = 16
_LONG = 80
# What shows somebody, points to others, or opens the text.
_NO_LINES = frozenset(
    ("img", "figure", "figcaption", "picture", "iframe", "video", "ul", "ol", "h2", "h3", "h4", "aside", "nav", "form")
)


@attrs.frozen(eq=False)
class Headline:
    """A headline as it is shown: its text, its element, and what makes it one."""

    text: str
    element: Element
    place: str


def headlines(page: Page, titles: Iterable[str] = (), own_names: Container[str] = ()) -> list[Headline]:
    """The h1 elements and those marked as headline, in order; else any element that says a title of the metadata.

    Args:
        titles: the metadata's titles; the site's name may stand at either end of them.
        own_names: the site's names, as `bare` gives them: they head pages too.
    """
    found = [
        Headline(text, element, f"h1 {nth}")
        for nth, element in enumerate(list(page.root.iter("h1"))[:_MOST], 1)
        if (text := text_of(element))
    ]
    for element in page.elements("[itemprop~=headline]")[:_MOST]:
        if element.tag not in ("h1", "meta") and (text := _short(element)):
            found.append(Headline(text, element, "itemprop headline"))
    keys = [key for key in map(bare, titles) if len(key) >= _LEAST_TITLE]
    heads = [bare(one.text) for one in found]
    if not found and titles and all(_names_site(bare(one), own_names) for one in titles):
        return _headlines_by_class(page, own_names)
    # an h1 of few words that no metadata gives is the section's name
    if not keys or any(key not in own_names and (len(key) > _LONGEST_SECTION or _is_title(key, keys)) for key in heads):
        return found
    return found + _headlines_by_title(page, keys, own_names)


def _names_site(key: str, own_names: Container[str]) -> bool:
    return key in own_names or key.removeprefix("bao") in own_names


def _headlines_by_class(page: Page, own_names: Container[str]) -> list[Headline]:
    """The last element ahead of the first long text whose class says that it is the title; for pages whose metadata
    gives the site's name alone."""
    classed = {one.node for one in itertools.islice(with_attribute(page.root, "class", _TITLE), _MOST)}
    found: list[Headline] = []
    for text, around, _ in texts(page.root):
        if len(text.strip()) >= _LONG and around.tag not in SILENT:
            break
        for element in itertools.islice(with_ancestors(Element(around)), _NEAR):
            if element.node in classed and not _NO_TITLE.search(element.get("class") or ""):
                said = _short(element)
                is_title = len(said) >= _LEAST_TITLE and bare(said) not in own_names and not any(element.iter("a"))
                if is_title and not _is_aside(element):
                    found = [Headline(said, element, "class of a title")]
                break
    return found


def _headlines_by_title(page: Page, keys: Sequence[str], own_names: Container[str]) -> list[Headline]:
    """The first element of the body whose words are a title of the metadata."""
    body = page.root.find("body")
    for element in body.iter() if body is not None else ():
        words = element.text
        if not words or element.tag in SILENT or element.tag == "a" or not _LEAST_TITLE <= len(words) <= _LONGEST_TITLE:
            continue
        text = _short(element)
        if bare(text) not in own_names and _is_title(bare(text), keys):
            return [Headline(text, element, f"{element.tag} that says the title")]
    return []


def _is_title(key: str, keys: Iterable[str]) -> bool:
    """Whether letters are a title of the metadata, or all of it but a name at one end."""
    return len(key) >= _LEAST_TITLE and any(
        key == one or ((one.startswith(key) or one.endswith(key)) and len(key) >= 0.5 * len(one)) for one in keys
    )


def bylines(page: Page) -> list[tuple[str, list[str]]]:
    """Places and texts that name authors: those marked so for machines first, then what a class calls a byline."""
    marked = page.elements("[rel~=author], [itemprop=author]")
    found = [("rel or itemprop author", [text for text in map(_name, marked[:_MOST]) if text])]
    classed = [
        element
        for element in itertools.islice(with_attribute(page.root, "class", _BYLINE), _MOST)
        if not _NO_BYLINE.search(element.get("class") or "")
    ]
    by_place: dict[str, list[str]] = {}
    for element in _innermost(classed):
        text = _short(element)
        if 2 < len(text) <= _LONGEST_BYLINE and not _is_aside(element):
            by_place.setdefault(_place(element), []).append(text)
    found += by_place.items()
    linked = itertools.islice(with_attribute(page.root, "href", _WRITERS_PAGE, tag="a"), _MOST)
    names = [_short(element) for element in linked if not _is_aside(element)]
    found.append(("link to a writer's page", list(dict.fromkeys(names))[:_MOST_WRITERS]))
    return [(place, texts) for place, texts in found if texts]


def byline_below(headline: Element) -> str:
    """The first line between headline and text that is a byline by its words, in any element; else one that says where
    the text is from; empty where there is neither."""
    source = ""
    for element in itertools.islice(_following(headline), _MOST):
        if element.tag in _NO_LINES:
            return source
        for text in (element.text, element.tail):
            line = fold(text or "").strip(" |-–—•·/")
            if len(line) >= _LONG:
                return source
            if not line or element.tag in SILENT:
                continue
            if byline := byline_below_headline(line):
                return byline
            source = source or source_below_headline(line)
    return source


def _following(element: Element) -> Iterator[Element]:
    """The elements behind one in document order."""
    above: Element | None = element
    while above is not None and above.tag not in ("body", "html"):
        for beside in above.itersiblings():
            yield from beside.iter()
        above = above.getparent()


def _name(element: Element) -> str:
    named = next((part for part in element.iter() if part.get("itemprop") == "name"), element)
    return (fold(named.get("content") or "") or _short(named))[:_LONGEST_BYLINE]


def _short(element: Element) -> str:
    """The text of an element that should be short; of a long one the beginning."""
    return text_of(element)[: _LONGEST_TEXT + 1] if _is_small(element) else ""


def _is_small(element: Element) -> bool:
    return sum(1 for _ in itertools.islice(element.iter(), 200)) < 200


def _innermost(elements: Sequence[Element]) -> list[Element]:
    """Those that hold none of the others."""
    around = {above for element in elements for above in element.iterancestors()}
    return [element for element in elements if element not in around]


def _is_aside(element: Element) -> bool:
    return any(above.tag in ("aside", "footer", "nav", "figure", "li") for above in element.iterancestors())


def _place(element: Element) -> str:
    named = (element.get("class") or "").split()
    return f"{element.tag}.{named[0]}" if named else str(element.tag)
