"""Which elements of a page without rules are boilerplate."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import Literal

import attrs

from crawler.extract.body.pictures import PLAYERS
from crawler.extract.class_names import Kind, kind_of_name
from crawler.extract.generic.discussions import headed_discussions, is_comment
from crawler.extract.generic.evidence import ReaderText, compact
from crawler.extract.generic.unnamed_comments import unnamed_comments
from crawler.extract.selectors import Element, elements_by_xpath, with_ancestors
from crawler.extract.text import SILENT, bare

_TAGS = frozenset(("aside", "footer", "nav", "dialog", "menu"))
_ROLES = frozenset(("navigation", "complementary", "contentinfo", "search", "banner", "dialog", "alert"))
_WORDS = frozenset(
    ("p", "h1", "h2", "h3", "h4", "html", "body", "article", "main", "br", "img", "a", "span", "em", "strong")
)
_WHOLE = frozenset(("html", "body", "main"))
_OF_FIGURES = frozenset(("figure", "figcaption", "picture"))
_LONG = 80
_WINDOW = 40
_LONGEST_CAPTION = 600
_NOT_PLAIN = frozenset(("a", "button", "input", "form", "label", "h1", "h2", "h3", "h4", "h5", "h6", "svg", "iframe"))
_LONGEST_TITLE = 600
_NO_HEADLINES = frozenset(("nav", "a", "footer", "aside"))
_LONGEST_OF_ASIDE = 300
_FEW_TEXTS = 200
_SHARE = 0.4
_FEW = 2
_NEAR = 2


@attrs.frozen
class Surroundings:
    """The boilerplate of a page: the elements to drop, and the silent ones that contain the page itself.

    `doubtful` are those of the dropped that may be text all the same, with how many long paragraphs they hold; `hidden`
    are not dropped, and shown to nobody until a script shows them.
    """

    drop: set[Element]
    opened: set[Element]
    doubtful: dict[Element, int]
    hidden: set[Element]


def surroundings_of(body: Element, headline: Element | None, title: str = "") -> Surroundings:
    """The elements that are boilerplate by tag, role, class or id, and the forms that hold the page itself.

    What holds a great part of the page's long paragraphs is no boilerplate whatever it is called, nor what holds the
    title as its headline: whole pages stand in forms and in elements whose class says that they have a sidebar or
    advertisements. Only a discussion is left out whatever its share, where it does not hold the headline.
    """
    counts, whole = _paragraphs_within(body)
    most = max(2, _SHARE * whole)
    around_headline = set(with_ancestors(headline))
    is_title = headline is not None and bool(title) and _bare_start(headline, _FEW_TEXTS) == bare(title)
    around_title = around_headline if is_title else frozenset[Element]()
    drop: set[Element] = set()
    opened: set[Element] = set()
    doubtful: dict[Element, int] = {}
    hidden: set[Element] = set()
    for element in elements_by_xpath(body, _TELLING):
        if element.tag in _MAY_HOLD_THE_PAGE:
            if _holds_the_page(element, counts, most):
                opened.add(element)
            continue
        given = dict(element.items())
        kind = _named(given)
        if kind is Kind.DISCUSSION or is_comment(given):
            if element not in around_headline and element.tag not in _WHOLE:
                drop.add(element)
            continue
        if element in around_title:
            continue
        verdict = _verdict(element, given, kind, body, counts, most)
        if verdict in ("drop", "doubtful"):
            drop.add(element)
        if verdict == "doubtful":
            doubtful[element] = counts.get(element, 0)
        elif verdict == "hidden":
            hidden.add(element)
    drop.update(headed_discussions(body, counts, around_headline))
    drop.update(unnamed_comments(body, around_headline))
    return Surroundings(drop, opened, {element: held for element, held in doubtful.items() if held}, hidden)


_MAY_HOLD_THE_PAGE = frozenset(("form", "noscript", "button"))
# what is boilerplate says so by its tag or by one of these attributes
_TELLING = "descendant-or-self::*[{}]".format(
    " or ".join(
        (
            *(f"self::{tag}" for tag in sorted(_TAGS | _MAY_HOLD_THE_PAGE)),
            *map("@{}".format, ("class", "id", "role", "hidden", "aria-hidden", "style", "itemtype", "itemprop")),
        )
    )
)


def _holds_the_page(element: Element, counts: Counter[Element], most: float) -> bool:
    """Whether a form holds much of the text, a noscript element the only picture, a button a picture to enlarge."""
    if element.tag == "form":
        return counts.get(element, 0) >= most
    if element.tag == "noscript":
        return _shows_alone(element)
    return any(part.tag == "img" for part in itertools.islice(element.iter(), _FEW_TEXTS))


def _verdict(
    element: Element,
    given: Mapping[str, str],
    kind: Kind | None,
    body: Element,
    counts: Counter[Element],
    most: float,
) -> Literal["keep", "drop", "doubtful", "hidden"]:
    """Whether an element is boilerplate by tag, role and name: "doubtful" is dropped, but may be text all the same."""
    is_set_apart = element.tag in _TAGS or given.get("role") in _ROLES
    is_sure = kind in (Kind.SURELY, Kind.ADVERT) or is_set_apart
    is_hidden = not is_sure and _is_hidden(given)
    if element.tag in _OF_FIGURES or (kind is None and not is_set_apart and not is_hidden):
        return "keep"
    if kind is Kind.UNSEEN:
        return "drop"
    if element.tag in _WORDS or _is_figure(element) or (kind is Kind.PERHAPS and _is_player(element)):
        return "keep"
    held = counts.get(element, 0)
    if is_hidden:
        # text that is hidden until the reader expands it stands in paragraphs, as the rest does
        is_text = held >= _FEW and _opens_on_text(element, counts) and not _is_copy(element, body)
        return "hidden" if is_text else "doubtful"
    if held < (most if is_sure else min(most, _FEW)):
        return "drop" if is_set_apart else "doubtful"
    return "keep"


def headline_of(body: Element, title: str) -> Element | None:
    """The element of the headline: the first heading or line that is the title, h1 before others, else the last h1."""
    wanted, last = bare(title), None
    for element in body.iter("h1"):
        last = element
        if wanted and _bare_start(element, _FEW_TEXTS) == wanted and not _is_within(element, _NO_HEADLINES):
            return element
    for element in body.iter("h2", "h3", "h4", "p", "div", "span", "strong", "b", "font", "td") if wanted else ():
        if _bare_start(element, 8) == wanted and not _is_within(element, _NO_HEADLINES):
            return element
    return last


def _bare_start(element: Element, texts: int) -> str:
    text = "".join(itertools.islice(element.itertext(), texts))
    return bare(text) if len(text) < _LONGEST_TITLE else ""


def _is_within(element: Element, tags: Container[str]) -> bool:
    return any(above.tag in tags for above in element.iterancestors())


def _paragraphs_within(body: Element) -> tuple[Counter[Element], int]:
    """How many long paragraphs stand below each element, and how many there are."""
    counts: Counter[Element] = Counter()
    whole = 0
    elements = list(body.iter())
    for element in elements:
        text, tail = element.text, element.tail
        is_long = text is not None and len(text) >= _LONG and element.tag not in SILENT and len(text.strip()) >= _LONG
        if is_long or (tail is not None and len(tail) >= _LONG and len(tail.strip()) >= _LONG):
            whole += 1
            start = element if is_long else element.getparent()
            if start is not None:
                counts[start] += 1
    # from the last to the first, so that what an element holds is known before it is added to what is around it
    for element in reversed(elements):
        if (held := counts.get(element)) and (around := element.getparent()) is not None:
            counts[around] += held
    return counts, whole


def _is_figure(element: Element) -> bool:
    """Whether it is a picture with its words and no link, whatever else its name says."""
    if element.tag not in _TAGS and "caption" in (element.get("class") or "").lower():
        return True
    if not any(part.tag in ("img", "figcaption") for part in itertools.islice(element.iter(), _FEW_TEXTS)):
        return False
    letters = sum(len(text.strip()) for text in itertools.islice(element.itertext(), _FEW_TEXTS))
    captions = sum(
        len(text.strip())
        for caption in itertools.islice(element.iter("figcaption"), 50)
        for text in itertools.islice(caption.itertext(), _FEW_TEXTS)
    )
    if captions and captions >= 0.9 * letters:
        return True
    if element.tag == "aside":
        return letters <= _LONGEST_OF_ASIDE and _shows_one_picture(element)
    linked = sum(
        len("".join(itertools.islice(link.itertext(), 10)).strip()) for link in itertools.islice(element.iter("a"), 10)
    )
    return element.tag not in _TAGS and letters <= _LONGEST_CAPTION and linked <= 0.3 * letters


def _shows_one_picture(element: Element) -> bool:
    """Whether it holds one picture and words, and nothing that leads elsewhere."""
    parts = [str(part.tag) for part in itertools.islice(element.iter(), 20)]
    return parts.count("img") == 1 and _NOT_PLAIN.isdisjoint(parts)


def _shows_alone(element: Element) -> bool:
    """Whether a noscript element shows a picture that stands nowhere beside it."""
    around = element.getparent()
    if around is None or element.find(".//img") is None:
        return False
    return sum(1 for _ in itertools.islice(around.iter("img"), 4)) == sum(1 for _ in element.iter("img"))


def _is_player(element: Element) -> bool:
    """Whether it holds a player and few words."""
    parts = itertools.islice(element.iter(), _FEW_TEXTS)
    return any(part.tag in PLAYERS for part in parts) and len("".join(_visible_texts(element)).strip()) < _LONG


def _named(given: Mapping[str, str]) -> Kind | None:
    names, own = given.get("class"), given.get("id")
    named = f"{names or ''} {own or ''}" if names or own else ""
    return kind_of_name(named) if len(named) > 1 else None


def _opens_on_text(element: Element, counts: Counter[Element]) -> bool:
    """Whether the long paragraphs of an element stand as deep in it as those beside it; those of a box that a script
    shows over the page stand deeper."""
    beside = (one for ahead in (True, False) for one in element.itersiblings(preceding=ahead) if counts.get(one))
    sibling = next(beside, None)
    return _depth(element) <= max(_NEAR, _depth(sibling) + 1 if sibling is not None else 0)


def _depth(element: Element) -> int:
    """How deep in an element its first long paragraph stands."""
    part = next((one for one in element.iter() if one.text and len(one.text.strip()) >= _LONG), element)
    return sum(1 for above in itertools.takewhile(lambda one: one is not element, with_ancestors(part)))


def _is_copy(element: Element, body: Element) -> bool:
    """Whether the long paragraphs of an element stand elsewhere on the page as well, or in one another."""
    whole = bare(" ".join(_visible_texts(body)))
    long = [bare(text) for text in _visible_texts(element) if len(text.strip()) >= _LONG]
    return any(whole.count(text[:_WINDOW]) > 1 for text in long if text)


def _visible_texts(element: Element) -> Iterator[str]:
    for part in element.iter():
        if part.text and part.tag not in SILENT:
            yield part.text
        if part.tail and part is not element:
            yield part.tail


def _is_hidden(given: Mapping[str, str]) -> bool:
    return "hidden" in given or given.get("aria-hidden") == "true" or _is_not_displayed(given.get("style"))


def _is_not_displayed(style: str | None) -> bool:
    return style is not None and "display:none" in style.replace(" ", "").lower()


def doubtful_text(
    doubtful: Mapping[Element, int], dense: Element, trafilatura: ReaderText, json_ld: ReaderText
) -> tuple[set[Element], int]:
    """Which of the doubtful elements within the body are text, and how many letters of long paragraphs the others hold.

    An element is text where JSON-LD has it; where there is none, where trafilatura has it, or where it is hidden, holds
    nothing but paragraphs, and stands right behind one.
    """
    inside = set(dense.iter())
    found: set[Element] = set()
    letters = 0
    for element in doubtful:
        if element not in inside or any(above in found for above in element.iterancestors()):
            continue
        given = dict(element.items())
        long = [compact(text) for text in _visible_texts(element) if len(text.strip()) >= _LONG]
        has = json_ld if json_ld.letters else trafilatura
        is_text = sum(map(has.has, long)) * 2 > len(long) and _links_little(element)
        goes_on = not json_ld.letters and _is_hidden(given) and _goes_on(element)
        if _named(given) is not Kind.SURELY and (is_text or goes_on):
            found.add(element)
        else:
            letters += sum(map(len, long))
    return found, letters


def _links_little(element: Element) -> bool:
    letters = sum(len(text.strip()) for text in _visible_texts(element))
    return sum(len("".join(link.itertext()).strip()) for link in element.iter("a")) <= 0.2 * letters


def _goes_on(element: Element) -> bool:
    """Whether a hidden element holds paragraphs, and no link, heading, field or button, right behind a paragraph."""
    before = element.getprevious()
    if before is None or before.tag != "p" or not any(part.tag == "p" for part in element):
        return False
    return not any(part.tag in _NOT_PLAIN for part in element.iter())
