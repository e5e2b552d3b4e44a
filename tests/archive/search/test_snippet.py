"""What is marked of an article, and which stretch of it is shown."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from support.collection_builder import CollectionBuilder, make_article
from support.crawling import baotinh
from support.sample import REPLAY

from archive.article import Block
from archive.collection import Collection
from archive.search.indexing.index import follow
from archive.search.parsing.parse import parse
from archive.search.query import search
from archive.search.snippet import LEAD_IN, WINDOW, MarkedText, Marks
from archive.search.terms.passages import Passage
from archive.search.terms.vietnamese import words
from archive.web.app import site_app

SCATTERED = (
    "Trường học mới ở xã vừa xong, học trò đến học từ sớm. " + "Sân còn vương mùi vôi và mùi gỗ. " * 12 + "Tiếng trống "
    "bổng lên giữa trưa, học trò ùa ra."
)
TOGETHER = "Chiều cùng ngày, " + "đoàn đi qua nhiều xóm nhỏ ven kênh. " * 12 + "Quỹ trao học bổng cho em Lành, lớp 5."
TRAILING = "Các em học đến tối."


def marked(pieces: tuple[MarkedText, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.is_hit]


def shown(query: str, *texts: str) -> tuple[MarkedText, ...]:
    parsed = parse(query)
    return Marks.of(parsed, parsed.scope).in_texts(texts).snippet([Passage("body", text) for text in texts])


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    builder = CollectionBuilder(tmp_path_factory.mktemp("snippets") / "c")
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    body = tuple(Block(type="paragraph", text=text) for text in (SCATTERED, TOGETHER, TRAILING))
    builder.release(make_article(1, title="Một ngày ở trường học", lead=None, body=body, capture=ref))
    follow(builder.collection)
    return builder.collection


@pytest.mark.parametrize("query", ["học bổng", '"học bổng"', '"học bổng"~1', "hoc bong", "trao học bổng"])
def test_words_typed_side_by_side_are_shown_where_they_stand_so(held: Collection, query: str) -> None:
    (hit,) = search(held, query).hits
    assert marked(hit.snippet) == ["trao học bổng" if "trao" in query else "học bổng"]
    assert "em Lành" in "".join(piece.text for piece in hit.snippet)
    assert marked(hit.title_pieces) == []


def test_site_api_and_command_show_the_same_stretch(held: Collection) -> None:
    site = TestClient(site_app(held, REPLAY))
    page, answer = site.get("/search?q=học+bổng").text, site.get("/api/v1/search?q=học+bổng").json()
    assert page.count("<mark>") == 1 and "trao <mark>học bổng</mark> cho em Lành" in page
    assert [piece["text"] for piece in answer["articles"][0]["snippet"] if piece["is_hit"]] == ["học bổng"]
    assert "trao học bổng cho em Lành" in baotinh("search", "học bổng", "--collection", held.root).stdout


def test_words_that_stand_nowhere_side_by_side_are_marked_alone() -> None:
    assert marked(shown("học bổng", SCATTERED)) == ["bổng", "học"]
    assert marked(shown("học bổng lúa", "Giá lúa tăng, học bổng cũng vậy; học đi.")) == ["lúa", "học bổng"]
    # the word that was typed twice has two neighbours
    assert marked(shown("học bổng học sinh", "Học sinh nhận học bổng rồi học tiếp.")) == ["Học sinh", "học bổng"]
    assert marked(shown("học OR bổng", "Học bổng cho học sinh")) == ["Học bổng", "học"]


def test_the_stretch_with_the_most_different_terms_is_shown() -> None:
    far = " " + "rồi lại qua một cây cầu nữa " * 12
    text = f"Lúa, lúa và lúa.{far}Nông dân gieo lúa, nuôi tôm, trồng dừa.{far}Tôm, lúa."
    assert marked(shown("lúa tôm dừa", text)) == ["lúa", "tôm", "dừa"]
    # forms of one open word are one term
    forms = f"Nông dân, nông thôn, nôngsản.{far}Nông dân bán lúa."
    assert marked(shown("nông* lúa", forms)) == ["Nông", "lúa"]


TERMS = ("lúa", "tôm", "dừa")


@given(text=st.lists(st.sampled_from((*TERMS, *["và"] * 12)), min_size=1, max_size=200))
def test_no_stretch_has_more_different_terms(text: list[str]) -> None:
    found = set(marked(shown(" OR ".join(TERMS), " ".join(text))))
    reach = WINDOW - LEAD_IN
    assert len({word for piece in found for word in piece.split()}) >= max(
        len(set(TERMS) & set(text[at : at + reach])) for at in range(len(text))
    )


def test_a_word_repeated_without_end_costs_no_more_than_its_length() -> None:
    text = "lúa " * 200_000
    pieces = shown("lúa", text)
    assert len(list(words("".join(piece.text for piece in pieces)))) == WINDOW
