"""The article's text where the page itself shows none: markup in a string of a script, which fills the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extract.page import Page
from crawler.extract.rules import unquoted
from crawler.extract.selectors import Element

# Strings of JSON and JavaScript. One that nothing ends is taken to the end, so that no sign is looked at twice.
_STRINGS = re.compile(r'"((?:[^"\\]|\\.)*+)(?:"|\\?\Z)|`((?:[^`\\]|\\.)*+)(?:`|\\?\Z)', re.DOTALL)
_PARAGRAPH = re.compile(r"<p[\s>]|\\u003cp(?:\s|\\u003e|>)", re.IGNORECASE)
_LONGEST_SCRIPT = 4_000_000
_SHORTEST = 400
_FEWEST_PARAGRAPHS = 2
_LONG = 80
_DEEPEST = 2
_MOST_TRIED = 4


def text_in_scripts(page: Page) -> Element | None:
    """The body element of the markup with most text in paragraphs that a script of the page holds as a string."""
    found = sorted(_markup_in_scripts(page), key=len, reverse=True)[:_MOST_TRIED]
    bodies = [body for markup in found if (body := page.fragment(markup).find("body")) is not None]
    best = max(bodies, key=_letters, default=None)
    return best if best is not None and _letters(best) >= _SHORTEST else None


def _markup_in_scripts(page: Page) -> Iterator[str]:
    for script in page.root.iter("script"):
        text = script.text or ""
        if _SHORTEST <= len(text) <= _LONGEST_SCRIPT and "ld+json" not in (script.get("type") or ""):
            yield from _markup_in(text, _DEEPEST)


def _markup_in(text: str, depth: int) -> Iterator[str]:
    """The strings of markup in a script, also those within strings, as programs that build pages on a server write."""
    if _PARAGRAPH.search(text) is None:
        return
    for found in _STRINGS.finditer(text):
        literal = found[1] or found[2] or ""
        if len(literal) < _SHORTEST or _PARAGRAPH.search(literal) is None:
            continue
        plain = unquoted(literal)
        within = [] if plain.lstrip().startswith("<") or not depth else list(_markup_in(plain, depth - 1))
        yield from within
        if not within and len(re.findall(r"<p[\s>]", plain)) >= _FEWEST_PARAGRAPHS:
            yield plain


def _letters(body: Element) -> int:
    """Letters of its long paragraphs."""
    texts = ("".join(paragraph.itertext()).strip() for paragraph in body.iter("p"))
    return sum(len(text) for text in texts if len(text) >= _LONG)
