"""The body of a page without rules: which of its pieces three readers agree on.

Three readers are asked: our own (the container with most letters in paragraphs, boilerplate left out), trafilatura, and
the text that the page's JSON-LD gives. Each piece of the page in reading order stays where enough of them have it.
"""

from __future__ import annotations

import html

from crawler.extract.body.captions import mark_captions
from crawler.extract.body.density import is_paragraph, main_container
from crawler.extract.body.pieces import Marks, pieces_of
from crawler.extract.generic.boilerplate import headline_of, surroundings_of
from crawler.extract.generic.doubtful import doubtful_text
from crawler.extract.generic.evidence import (
    Amounts,
    GenericBody,
    ReaderText,
    compact,
    gather_evidence,
    trafilatura_text,
)
from crawler.extract.generic.scripts import text_in_scripts
from crawler.extract.generic.vote import BodyVote
from crawler.extract.page import Page
from crawler.extract.selectors import Element

_ENOUGH = 400


def read_generic(page: Page, json_ld_body: str = "", lead: str = "", title: str = "") -> GenericBody:
    """Read the body of a page whose newspaper declares no layout.

    Args:
        json_ld_body: the body's text as JSON-LD gives it.
        lead: a description that a piece ahead of the body may repeat.
        title: the headline, where it is known.

    Where the page shows no paragraph, the text that a script fills it with is read, else the text of its JSON-LD.
    """
    body = page.root.find("body")
    found = _read(page, page.root, body if body is not None else page.root, json_ld_body, lead, title)
    if any(map(is_paragraph, found.pieces)):
        return found
    if (held := text_in_scripts(page)) is not None:
        filled = _read(page, held, held, json_ld_body, lead, title)
        if any(map(is_paragraph, filled.pieces)):
            return filled
    return _of_json_ld(page, json_ld_body) if len(json_ld_body) >= _ENOUGH else found


def _of_json_ld(page: Page, text: str) -> GenericBody:
    """The body as JSON-LD alone gives it; nothing of the page bears it out."""
    markup = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())
    pieces = pieces_of(page.fragment(markup), page, Marks())
    return GenericBody(tuple(pieces), amounts=Amounts(json_ld=len(compact(text))))


def _read(page: Page, root: Element, body: Element, json_ld_body: str, lead: str, title: str) -> GenericBody:
    headline = headline_of(body, title)
    around = surroundings_of(body, headline, title)
    everything = pieces_of(body, page, Marks(drop=around.drop, opened=around.opened))
    dense = main_container(everything, headline, body)
    trafilatura = ReaderText(trafilatura_text(root, around.drop - around.doubtful.keys()))
    json_ld = ReaderText(json_ld_body) if len(json_ld_body) >= _ENOUGH else ReaderText("")
    hidden, left_out = around.hidden, 0
    if around.doubtful and dense is not None:
        found, left_out = doubtful_text(around.doubtful, dense, trafilatura, json_ld)
        if found:
            hidden = hidden | found
            everything = pieces_of(body, page, Marks(drop=around.drop - found, opened=around.opened))
    mark_captions(everything, dense, headline)
    vote = BodyVote(gather_evidence(everything, dense, trafilatura, json_ld, hidden), page, title, headline, dense)
    return vote.body(compact(lead), trafilatura, json_ld, left_out)
