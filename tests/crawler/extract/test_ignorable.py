"""Signs that show nothing: gone from titles, names, captions and text, and from what is compared."""

# ruff: noqa: E501 - pages and sentences are not broken
from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.printable import without_ignorable
from crawler.extract import extract
from crawler.extract.text import bare, fold

SIGNS = [
    *map(chr, (0xAD, 0x34F, 0x61C, 0x180E, 0x3164, 0xFE0F, 0xFEFF)),
    *map(chr, range(0x200B, 0x2010)),
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2060, 0x206A)),
    *map(chr, range(0xE0000, 0xE0080)),
    *map(chr, (*range(0x01, 0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0))),
]


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: f"U+{ord(sign):04X}")
def test_a_sign_that_shows_nothing_is_gone_from_folded_and_bare_text(sign: str) -> None:
    assert fold(f"{sign}Ng{sign}ã Bảy{sign} chợ{sign} nổi") == "Ngã Bảy chợ nổi"
    assert fold(f"Ngo{sign}") == "Ngo"
    assert bare(f"N{sign}gã Bảy") == "ngabay"


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: f"U+{ord(sign):04X}")
def test_a_letter_and_the_mark_that_a_sign_kept_from_it_are_composed(sign: str) -> None:
    assert fold(f"Nga{sign}\u0303 Ba{sign}\u0309y") == "Ngã Bảy"


def test_a_sequence_of_emoji_falls_apart_and_none_is_lost() -> None:
    assert (
        fold("Gia đình \U0001f468\u200d\U0001f469\u200d\U0001f467 vui ❤\ufe0f")
        == "Gia đình \U0001f468\U0001f469\U0001f467 vui ❤"
    )


def test_arabic_and_indic_words_keep_the_joiners_that_spell_them() -> None:
    persian = "می\u200cخواهم"
    assert without_ignorable(f"\u200c{persian}\u200d") == persian


@given(st.text(st.sampled_from([*"aă ộ\u0323\u0302\n\t", "Ð", *SIGNS])))
def test_folding_twice_changes_nothing_and_leaves_composed_text(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded == unicodedata.normalize("NFC", folded)
    assert not set(folded) & set(SIGNS)


def test_an_article_shows_none_of_them_in_any_field() -> None:
    words = (
        "Chợ nổi Ngã Bảy họp lại từ tờ mờ sáng, ghe xuồng nối nhau chở khóm, chở dừa về từ các kinh rạch trong vùng."
    )
    more = "Người bán treo thứ mình bán lên cây bẹo cho khách từ xa trông thấy, một nếp đã có từ hơn một trăm năm nay."
    sown = "\u200b".join(words), "\u2066" + more.replace("bẹo", "be\u034f\u0323o")
    page = f"""<html lang=vi><head><meta property='article:published_time' content='2026-03-07T08:06:00+07:00'>
    <meta name=author content='Lê\ufeff Thị\u202c Hoa\u200f'></head><body><h1>Chợ\u200d nổi\u2060 N\u00adgã Bảy\U000e0041</h1><article>
    <p>{sown[0]}</p><figure><img src=/g.jpg><figcaption>Ghe \u202ekhóm\u202c. Ảnh: Thanh\u200b Tâm</figcaption></figure>
    <p>{sown[1]}</p></article></body></html>"""
    article = extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="x")
    assert article.title == "Chợ nổi Ngã Bảy"
    assert article.authors == ("Lê Thị Hoa",)
    assert [block.text for block in article.body] == [words, "Ghe khóm.", more]
    assert article.images[0].credit == "Thanh Tâm"
