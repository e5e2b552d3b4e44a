"""Which of the elements that may be boilerplate are text all the same, by what other readers have of them."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.extract.class_names import Kind
from crawler.extract.generic.boilerplate import NOT_PLAIN, is_hidden, kind_of, visible_texts
from crawler.extract.generic.evidence import ReaderText, compact
from crawler.extract.selectors import Element, Subtree

_LONG = 80


def doubtful_text(
    doubtful: Mapping[Element, int], dense: Element, trafilatura: ReaderText, json_ld: ReaderText
) -> tuple[set[Element], int]:
    """Which of the doubtful elements within the body are text, and how many letters of long paragraphs the others hold.

    An element is text where JSON-LD has it; where there is none, where trafilatura has it, or where it is hidden, holds
    nothing but paragraphs, and stands right behind one.
    """
    inside = Subtree(dense)
    found: set[Element] = set()
    letters = 0
    for element in doubtful:
        if element not in inside or any(above in found for above in element.iterancestors()):
            continue
        given = dict(element.items())
        long = [compact(text) for text in visible_texts(element) if len(text.strip()) >= _LONG]
        has = json_ld if json_ld.letters else trafilatura
        is_text = sum(map(has.has, long)) * 2 > len(long) and _links_little(element)
        goes_on = not json_ld.letters and is_hidden(given) and _goes_on(element)
        if kind_of(given) not in (Kind.SURELY, Kind.WRITER) and (is_text or goes_on):
            found.add(element)
        else:
            letters += sum(map(len, long))
    return found, letters


def _links_little(element: Element) -> bool:
    letters = sum(len(text.strip()) for text in visible_texts(element))
    return sum(len("".join(link.itertext()).strip()) for link in element.iter("a")) <= 0.2 * letters


def _goes_on(element: Element) -> bool:
    """Whether a hidden element holds paragraphs, and no link, heading, field or button, right behind a paragraph."""
    before = element.getprevious()
    if before is None or before.tag != "p" or not any(part.tag == "p" for part in element):
        return False
    return not any(part.tag in NOT_PLAIN for part in element.iter())
