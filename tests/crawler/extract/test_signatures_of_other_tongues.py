"""Lines that sign a text at the end of a page in another language than Vietnamese."""

# ruff: noqa: E501 - pages and sentences are not broken
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.article import Article
from crawler.extract import extract

TITLE = "Net makers of the landing teach the young"
TEXT = [
    "Every Saturday afternoon the lights go on in the hamlet's house of culture, where twenty learners sit in a ring around the oldest net maker.",
    "She teaches how to choose the thread, how to hold the needle and how to tie the knot, and whoever fails takes it apart and begins once more.",
    "The commune lends the room and pays for the light, and the cooperative buys every net that is good enough to be taken out to the river mouth.",
]
PLAIN, RIGHT = "<p>{}</p>", "<p align=right><b>{}</b></p>"


def read(behind: str) -> Article:
    head = f"<meta property='og:title' content='{TITLE}'><meta property='article:published_time' content='2026-03-05T07:05:00+07:00'>"
    body = "".join(f"<p>{text}</p>" for text in TEXT)
    page = f"<html lang=en><head>{head}</head><body><article><h1>{TITLE}</h1><div class=content>{body}{behind}</div></article></body></html>"
    return extract(page.encode(), "https://x.test/en/a-1.html", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="x")


@pytest.mark.parametrize("setting", [PLAIN, RIGHT])
@pytest.mark.parametrize(
    ("line", "authors", "source"),
    [
        ("By Le An", ["Le An"], None),
        ("By Le An and Ho Cuong", ["Le An", "Ho Cuong"], None),
        ("By Le An - Ho Cuong", ["Le An", "Ho Cuong"], None),
        ("Reported by Le An", ["Le An"], None),
        ("Translated by Ho Cuong", ["Ho Cuong"], None),
        ("Story and photos: Le An", ["Le An"], None),
        ("By VNA", [], "VNA"),
        ("(VNA)", [], "VNA"),
        ("Source: VNA", [], "VNA"),
    ],
)
def test_a_signing_line_leaves_the_body(line: str, authors: list[str], source: str | None, setting: str) -> None:
    article = read(setting.format(line))
    assert [block.text for block in article.body] == TEXT
    assert (list(article.authors), article.source, article.byline) == (authors, source, line)


@pytest.mark.parametrize(("line", "authors"), [("Le An", ["Le An"]), ("Le An/VNA", ["Le An"])])
def test_names_alone_sign_where_they_are_set_to_the_right(line: str, authors: list[str]) -> None:
    signed = read(RIGHT.format(line))
    assert [block.text for block in signed.body] == TEXT and list(signed.authors) == authors
    assert [block.text for block in read(PLAIN.format(line)).body] == [*TEXT, line]


@pytest.mark.parametrize(
    "line", ["By the river, everyone waits", "By then the nets were dry.", "By Le An's own count, forty nets"]
)
def test_a_sentence_stays(line: str) -> None:
    assert [block.text for block in read(RIGHT.format(line)).body] == [*TEXT, line]
