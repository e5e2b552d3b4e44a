"""Whatever the bytes, extraction gives an article or NotAnArticle."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.article import Article, from_json, to_json
from archive.errors import NotAnArticle
from crawler.declaration.layout import Layout
from crawler.extract import boilerplate_pictures, css_requisites, extract, links, open_page, outlinks, requisites
from crawler.extract.body.credits import part_credit
from crawler.extract.bylines.printed import read_byline
from crawler.extract.dates.parsing import read_time

CAPTURED = datetime(2026, 1, 9, tzinfo=UTC)
URL = "https://baothu.test/x-a1.html"
LAYOUT = Layout(
    title="h1", published_at="time, span", body="div", byline="p[align=right]", lead=".sapo", tags="a", related="ul.r"
)
TAGS = ("div", "p", "h1", "h2", "span", "em", "b", "a", "ul", "li", "table", "tr", "td", "img", "br", "figure", "time",
        "blockquote", "script", "base", "meta", "style", "picture", "noscript", "form", "svg", "template")  # fmt: skip
TEXTS = ("08/01/2026 - 18:21", "Ảnh: X.T", "Theo TTXVN", "LÊ HÀ", "\x00", "&#0;", "&#xD800;", "&amp;#7871;",
         "Đò ngang. ", '{"@type": "NewsArticle"}', "\ud7ff", "2026-01-08T11:000 +07:00")  # fmt: skip
ATTRIBUTES = ("", " align=right", " class=sapo", " class=r", " src=/a.jpg", " src='http://['", " href=x", " width=1",
              " href='http://['", " datetime=9999-12-31T23:59:59-12:00", " charset=utf-7",
              " type='application/ld+json'", " srcset='a 1w, b 2x'", " content=x",
              " style='text-align: center; background: url(x)'")  # fmt: skip

markup = st.lists(
    st.one_of(
        st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)),
        st.builds("</{}>".format, st.sampled_from(TAGS)),
        st.sampled_from(TEXTS),
        st.text(max_size=12),
    ),
    max_size=40,
).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
headers = st.sampled_from(
    [{}, {"Content-Type": "text/html; charset=utf-16"}, {"content-type": "text/html;charset=latin1"},
     {"Content-Type": "charset=base64"}, {"Content-Type": "charset=idna"}, {"Content-Type": "charset=undefined"}]
)  # fmt: skip


def tried(page: bytes, sent: dict[str, str], *layouts: Layout) -> Article | None:
    opened = open_page(page, URL, sent)
    requisites(opened)
    outlinks(opened)
    boilerplate_pictures(opened, re.compile("x"))
    css_requisites(page, URL)
    links(opened, re.compile("x"))
    try:
        return extract(page, URL, sent, CAPTURED, layouts, newspaper="baothu")
    except NotAnArticle as error:
        assert error.missing
        return None


@given(page=st.one_of(markup, st.binary(max_size=400)), sent=headers, declared=st.booleans())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_give_an_article_or_not_an_article(page: bytes, sent: dict[str, str], declared: bool) -> None:
    article = tried(page, sent, *([LAYOUT] if declared else []))
    if article is not None:
        assert from_json(to_json(article)) == article


@given(st.text(max_size=200))
def test_any_text_can_be_a_byline_a_caption_or_a_time(text: str) -> None:
    read_byline(text)
    part_credit(text)
    read_time(text, "Asia/Ho_Chi_Minh")


WHOLE = "<h1>A</h1><time>08/01/2026 10:00</time><div><p>Một đoạn văn đủ dài để được coi là lời của bài.</p>{}</div>"


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b" ",
        b"\x00" * 1000,
        b"\x1f\x8b\x08\x00",
        b"<!-- nothing -->",
        b"<?xml version='1.0' encoding='utf-32'?>",
        b"plain words",
        b"%PDF-1.4 \xff\xfe\x00",
        b"<div>" * 100_000,
        b"<ul><li>" * 3000,
        b"<table><tr><td>" * 1000 + b"<img src=a>x",
        b"<h1>A</h1><time>08/01/2026 10:00</time><div>" + b"<em>" * 3000 + b"x",
        b'<script type="application/ld+json">' + b"[" * 100_000,
        b"<base href='http://[::1'><a href='http://[::1'>x</a>",
        WHOLE.format("<p>" + "Ảnh: " * 20_000).encode(),
        WHOLE.format("<img srcset='" + "a, " * 50_000 + "'>").encode(),
        WHOLE.format("<p align=right>" + "A, " * 20_000).encode(),
        WHOLE.format("<ul><li>" * 2000).encode(),
        WHOLE.format("<ul><li>" * 2000 + "<img src=a>x").encode(),
        WHOLE.format("<table><tr><td>" * 600).encode(),
        WHOLE.format("<table><tr><td>" * 600 + "<img src=a>x").encode(),
        WHOLE.format("<figure><img src=a>x" * 1500).encode(),
        WHOLE.format("x<br><br>" * 20_000).encode(),
        WHOLE.format("<p>" + "(" * 100_000).encode(),
        WHOLE.format("<div style='text-align: center'>x" * 2000).encode(),
    ],
    ids=range(25),
)
@pytest.mark.parametrize("layouts", [(LAYOUT,), ()])
def test_rotten_pages_end_in_time(page: bytes, layouts: tuple[Layout, ...]) -> None:
    tried(page, {}, *layouts)


def test_nul_bytes_do_not_cut_a_page_short() -> None:
    article = tried(WHOLE.format("<p>Hai\x00 ba.</p>").encode(), {}, LAYOUT)
    assert article is not None and article.body[1].text == "Hai ba."


def test_nesting_beyond_the_interpreters_stack_is_read() -> None:
    deep = "<div>" * 1500 + "<p>Tận đáy.</p>" + "</div>" * 1500
    article = tried(WHOLE.format(deep).encode(), {}, LAYOUT)
    assert article is not None and article.body[-1].text == "Tận đáy."
