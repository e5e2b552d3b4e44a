"""The body of a page without rules: which of its pieces three readers agree on.

Three readers are asked: our own (the container with most letters in paragraphs, boilerplate left out), trafilatura, and
the text that the page's JSON-LD gives. Each piece of the page in reading order stays where enough of them have it.
"""

from __future__ import annotations

from crawler.extract.body.captions import mark_captions
from crawler.extract.body.density import main_container
from crawler.extract.body.pieces import Marks, pieces_of
from crawler.extract.generic.boilerplate import doubtful_text, headline_of, surroundings_of
from crawler.extract.generic.evidence import GenericBody, ReaderText, compact, gather_evidence, trafilatura_text
from crawler.extract.generic.vote import BodyVote
from crawler.extract.page import Page

_ENOUGH = 400


def read_generic(page: Page, json_ld_body: str = "", lead: str = "", title: str = "") -> GenericBody:
    """Read the body of a page whose newspaper declares no layout.

    Args:
        json_ld_body: the body's text as JSON-LD gives it.
        lead: a description that a piece ahead of the body may repeat.
        title: the headline, where it is known.
    """
    body = page.root.find("body")
    if body is None:
        body = page.root
    headline = headline_of(body, title)
    around = surroundings_of(body, headline)
    everything = pieces_of(body, page, Marks(drop=around.drop, opened=around.opened))
    dense = main_container(everything, headline, body)
    trafilatura = ReaderText(trafilatura_text(page.root))
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
