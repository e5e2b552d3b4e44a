"""Vietnamese words: one word is one word however it was typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.search.terms.vietnamese import both_forms, composed, exact, folded, has_marks, joined_forms, words

LETTERS = "abcdeghiklmnopqrstuvxyđĐÐaăâeêioôơuưy"
MARKS = "\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b"
vietnamese = st.text(alphabet=LETTERS + MARKS + " -.,0123456789" + "".join(c.upper() for c in LETTERS))
anything = st.text()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hòa", "hoà"),
        ("Hòa Bình", "HOÀ BÌNH"),
        ("thúy", "thuý"),
        ("ủy ban", "uỷ ban"),
        ("khỏe", "khoẻ"),
        ("xòe", "xoè"),
        ("quý", "qúy"),
        ("già", "gìa"),
        ("của", "cuả"),
        ("Đồng Tháp", "Ðồng Tháp"),
        ("Đắk Lắk", unicodedata.normalize("NFD", "Đắk Lắk")),
        ("toàn", "tòan"),
        ("thuyền", "thuỳên"),
    ],
)
def test_spellings_of_one_word(one: str, other: str) -> None:
    assert exact(one) == exact(other)


@pytest.mark.parametrize(
    "word", ["quý", "giá", "già", "hoà", "thuý", "uỷ", "của", "mía", "người", "khuỷu", "ngoáy", "gì"]
)
def test_schooled_spelling_stays(word: str) -> None:
    assert exact(word) == word


@pytest.mark.parametrize(("one", "other"), [("báo", "bão"), ("da", "đa"), ("hoa", "hòa"), ("quy", "quý"), ("u", "ư")])
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert exact(one) != exact(other)
    assert folded(one) == folded(other)


def test_folding() -> None:
    assert folded("Đường về xứ Nghệ, Ðà Nẵng") == "duong ve xu nghe, da nang"


@pytest.mark.parametrize(
    ("text", "marked"), [("nha bao", False), ("nhà báo", True), ("di", False), ("đi", True), ("", False)]
)
def test_has_marks(text: str, marked: bool) -> None:
    assert has_marks(text) is marked


def test_words_bear_their_places() -> None:
    text = "Báo Cần Thơ, 30/4."
    assert [text[word.start : word.end] for word in words(text)] == ["Báo", "Cần", "Thơ", "30", "4"]


@given(st.one_of(vietnamese, anything))
@example("O\u0300\u0301")
@example("oa\u0300\u0301\u0303")
@example("o\u0301\u0302\u0300a\u0301")
def test_forms_are_stable(text: str) -> None:
    assert exact(exact(text)) == exact(text)
    assert folded(folded(text)) == folded(text)
    assert folded(exact(text)) == folded(text)


@given(vietnamese)
def test_unicode_form_does_not_matter(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert exact(unicodedata.normalize(form, text)) == exact(text)
        assert folded(unicodedata.normalize(form, text)) == folded(text)


@given(vietnamese)
def test_folded_bears_no_mark(text: str) -> None:
    assert not has_marks(folded(text))
    assert folded(text).isascii()


@given(vietnamese)
def test_case_does_not_matter(text: str) -> None:
    assert exact(text.upper()) == exact(text)


@given(st.one_of(vietnamese, anything))
def test_words_compare_alike_alone_and_in_text(text: str) -> None:
    text = composed(text)
    for form in (exact, folded):
        apart = [form(word.text) for word in words(text)]
        assert all(not part.isspace() for part in apart)
        assert all(text[word.start : word.end].startswith(word.text) for word in words(text))


def test_signs_that_show_nothing_part_no_word_and_no_letter_from_its_mark() -> None:
    typed = "ch\u200bợ nô\u034f\u0309i\u2060 \u202aNga\u00ad\u0303 Bảy\U000e0041"
    assert both_forms(composed(typed)) == (["chợ", "nổi", "ngã", "bảy"], ["cho", "noi", "nga", "bay"])
    assert (exact(typed), folded(typed)) == ("chợ nổi ngã bảy", "cho noi nga bay")


@given(st.one_of(vietnamese, anything))
@example("snake_case_chợ, (nổi)\x1c\u0301Ngã\u00a0Bảy")
@example("chữ" * 100 + "_" + "chữ" * 100)
def test_joined_forms_are_the_same_words(text: str) -> None:
    text = composed(text)
    assert joined_forms(text) == tuple("".join(f" {word}" for word in form) for form in both_forms(text))
