"""Which elements of a page without rules are boilerplate."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Literal

import attrs
import turbohtml

from crawler.extract.body.pictures import PLAYERS
from crawler.extract.class_names import Kind, kind_of_name
from crawler.extract.generic.discussions import headed_discussions, is_comment
from crawler.extract.generic.headed_links import headed_links
from crawler.extract.generic.unnamed_comments import unnamed_comments
from crawler.extract.selectors import Element, nodes, texts, with_ancestors
from crawler.extract.text import SILENT, bare, holds_most_links

_SURE = frozenset((Kind.SURELY, Kind.WRITER, Kind.ADVERT))
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
NOT_PLAIN = frozenset(("a", "button", "input", "form", "label", "h1", "h2", "h3", "h4", "h5", "h6", "svg", "iframe"))
_LONGEST_TITLE = 600
_NO_HEADLINES = frozenset(("nav", "a", "footer", "aside"))
_LONGEST_OF_ASIDE = 300
_FEW_TEXTS = 200
_SHARE = 0.4
_FEW = 2
_NEAR = 2
_SMALL_PART = 0.2


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
    text = functools.cache(lambda: bare(" ".join(visible_texts(body))))
    counts, whole = _paragraphs_within(body)
    most = max(2, _SHARE * whole)
    around_headline = set(with_ancestors(headline))
    is_title = headline is not None and bool(title) and _bare_start(headline, _FEW_TEXTS) == bare(title)
    around_title = around_headline if is_title else frozenset[Element]()
    drop: set[Element] = set()
    opened: set[Element] = set()
    doubtful: dict[Element, int] = {}
    hidden: set[Element] = set()
    for node in nodes(body, _TELLING):
        if _tells_nothing(node):
            continue
        element = Element(node)
        if element.tag in _MAY_HOLD_THE_PAGE:
            if _holds_the_page(element, counts, most, body):
                opened.add(element)
            continue
        given = dict(element.items())
        kind = kind_of(given)
        if kind is Kind.DISCUSSION or is_comment(given):
            if element not in around_headline and element.tag not in _WHOLE:
                drop.add(element)
            continue
        if element in around_title:
            continue
        verdict = _verdict(element, given, kind, text, counts, most)
        if verdict in ("drop", "doubtful"):
            drop.add(element)
        if verdict == "doubtful":
            doubtful[element] = counts.get(element, 0)
        elif verdict == "hidden":
            hidden.add(element)
    drop.update(headed_discussions(body, counts, around_headline))
    drop.update(unnamed_comments(body, around_headline))
    drop.update(headed_links(body, around_headline))
    return Surroundings(drop, opened, {element: held for element, held in doubtful.items() if held}, hidden)


_MAY_HOLD_THE_PAGE = frozenset(("form", "noscript", "button"))
# what is boilerplate says so by its tag or by one of these attributes
_SIGNS = ("role", "hidden", "aria-hidden", "style", "itemtype", "itemprop")
_TELLING = ", ".join((*sorted(_TAGS | _MAY_HOLD_THE_PAGE), *map("[{}]".format, ("class", "id", *_SIGNS))))


def _tells_nothing(node: turbohtml.Element) -> bool:
    """Whether neither tag nor attributes of an element say that it is boilerplate: so most of them are."""
    if node.tag in _TAGS or node.tag in _MAY_HOLD_THE_PAGE or _kind(node.attr("class"), node.attr("id")) is not None:
        return False
    return not any(node.attr(name) is not None for name in _SIGNS)


def _holds_the_page(element: Element, counts: Counter[Element], most: float, body: Element) -> bool:
    """Whether a form holds much of the text, or the page, a noscript element the only picture, a button a picture to
    enlarge."""
    if element.tag == "form":
        return counts.get(element, 0) >= most or holds_most_links(element, body)
    if element.tag == "noscript":
        return _shows_alone(element)
    return any(part.tag == "img" for part in itertools.islice(element.iter(), _FEW_TEXTS))


def _verdict(
    element: Element,
    given: Mapping[str, str],
    kind: Kind | None,
    whole: Callable[[], str],
    counts: Counter[Element],
    most: float,
) -> Literal["keep", "drop", "doubtful", "hidden"]:
    """Whether an element is boilerplate by tag, role and name: "doubtful" is dropped, but may be text all the same.
    `whole` gives the page's bare text, which is made once, where it is needed."""
    is_set_apart = element.tag in _TAGS or given.get("role") in _ROLES
    is_sure = kind in _SURE or is_set_apart
    is_unshown = not is_sure and is_hidden(given)
    if element.tag in _OF_FIGURES or (kind is None and not is_set_apart and not is_unshown):
        return "keep"
    if kind is Kind.UNSEEN:
        return "drop"
    if element.tag in _WORDS or (kind is Kind.PERHAPS and _is_player(element)):
        return "keep"
    if _is_figure(element) and not _is_foreign(element, kind):
        return "keep"
    held = counts.get(element, 0)
    if is_unshown:
        # text that is hidden until the reader expands it stands in paragraphs, as the rest does
        is_text = held >= _FEW and _opens_on_text(element, counts) and not _is_copy(element, whole())
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
    held: Counter[turbohtml.Node] = Counter(
        around
        for text, around, opens in texts(body)
        if len(text) >= _LONG and not (opens and around.tag in SILENT) and len(text.strip()) >= _LONG
    )
    whole = held.total()
    _add_up(held, body)
    counts = Counter({Element(node): own for node, own in held.items() if isinstance(node, turbohtml.Element)})
    return counts, whole


def _add_up(held: Counter[turbohtml.Node], body: Element) -> None:
    """Add what each element holds to those around it."""
    # from the last to the first, so that what an element holds is known before it is added to what is around it
    for node in reversed([body.node, *body.node.descendants]):
        if (own := held.get(node)) and (around := node.parent) is not None:
            held[around] += own


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
    return parts.count("img") == 1 and NOT_PLAIN.isdisjoint(parts)


def _shows_alone(element: Element) -> bool:
    """Whether a noscript element shows a picture that stands nowhere beside it."""
    around = element.getparent()
    if around is None or element.find(".//img") is None:
        return False
    return sum(1 for _ in itertools.islice(around.iter("img"), 4)) == sum(1 for _ in element.iter("img"))


def _is_player(element: Element) -> bool:
    """Whether it holds a player and few words."""
    parts = itertools.islice(element.iter(), _FEW_TEXTS)
    return any(part.tag in PLAYERS for part in parts) and len("".join(visible_texts(element)).strip()) < _LONG


def kind_of(given: Mapping[str, str]) -> Kind | None:
    """What the class and id of an element with these attributes say."""
    return _kind(given.get("class"), given.get("id"))


def _kind(names: str | None, own: str | None) -> Kind | None:
    named = f"{names or ''} {own or ''}" if names or own else ""
    return kind_of_name(named) if len(named) > 1 else None


def adverts(body: Element) -> set[Element]:
    """The elements within an article's body that are advertising by class or id, and hold a small part of its text."""
    found = [
        Element(node)
        for node in nodes(body, "[class], [id]")
        if _kind(node.attr("class"), node.attr("id")) is Kind.ADVERT
    ]
    if not found:
        return set()
    letters: Counter[turbohtml.Node] = Counter()
    for text, around, opens in texts(body):
        if not (opens and around.tag in SILENT):
            letters[around] += len(text.strip())
    most = _SMALL_PART * letters.total()
    _add_up(letters, body)
    return {element for element in found if element.tag not in _WORDS and letters[element.node] <= most}


def _is_foreign(element: Element, kind: Kind | None) -> bool:
    """Whether the pictures of an element are none of the article: of a box about the writer, or advertising."""
    return kind is Kind.WRITER or (kind is Kind.ADVERT and not any(map(str.strip, visible_texts(element))))


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


def _is_copy(element: Element, whole: str) -> bool:
    """Whether the long paragraphs of an element stand elsewhere in the page's whole text as well, or in one another."""
    long = [bare(text) for text in visible_texts(element) if len(text.strip()) >= _LONG]
    return any(whole.count(text[:_WINDOW]) > 1 for text in long if text)


def visible_texts(element: Element) -> Iterator[str]:
    """The texts within an element that scripts, forms and the like do not hold."""
    for part in element.iter():
        if part.text and part.tag not in SILENT:
            yield part.text
        if part.tail and part is not element:
            yield part.tail


def is_hidden(given: Mapping[str, str]) -> bool:
    """Whether an element with these attributes is shown to nobody until a script shows it."""
    return "hidden" in given or given.get("aria-hidden") == "true" or _is_not_displayed(given.get("style"))


def _is_not_displayed(style: str | None) -> bool:
    return style is not None and "display:none" in style.replace(" ", "").lower()
