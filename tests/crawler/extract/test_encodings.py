"""Old letters: TCVN3, VNI and windows-1258 are recognised, converted and marked; other languages are left alone."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest

from crawler.extract import extract
from crawler.extract.charsets import _TCVN3, _VNI, read_letters

TEXT = (
    "Ngày 8-1, ở xã ven biển này, nhiều người đã có một buổi họp để nghe về việc nuôi tôm. Những hộ có vuông cũng đến, "
    "và các ý kiến của dân được ghi lại. Năm nay giá không giảm; tỉnh với huyện sẽ vào cuộc. Đò ngang về bến từ sớm."
)


def in_tcvn3(text: str) -> str:
    there = {letter if isinstance(letter, str) else chr(letter): chr(byte) for byte, letter in _TCVN3.items()}
    return "".join(there.get(letter, there.get(letter.lower(), letter)) for letter in text)


def in_vni(text: str) -> str:
    there = {letter: printed for printed, letter in _VNI.items()}
    return "".join(there.get(letter, letter) for letter in text)


def in_windows_1258(text: str) -> bytes:
    said = b""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        shape = "".join(part for part in parts[1:] if part in "\u0302\u0306\u031b")
        tone = "".join(part for part in parts[1:] if part not in "\u0302\u0306\u031b")
        said += (unicodedata.normalize("NFC", parts[0] + shape) + tone).encode("cp1258")
    return said


def page(text: str) -> str:
    return f"<html><body><h1>Bài</h1><p>{text}</p></body></html>".replace("Bài", "Tin")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (page(in_tcvn3(TEXT)).encode("latin-1"), "tcvn3"),
        (page(in_tcvn3(TEXT)).encode("utf-8"), "tcvn3"),
        (page(in_vni(TEXT)).encode("latin-1"), "vni"),
        (page(in_vni(TEXT)).encode("utf-8"), "vni"),
        (in_windows_1258(page(TEXT)), "windows-1258"),
        (page(TEXT).encode().decode("latin-1").encode(), "utf-8-twice"),
    ],
    ids=["tcvn3", "tcvn3 in utf-8", "vni", "vni in utf-8", "windows-1258", "utf-8 twice"],
)
@pytest.mark.parametrize("sent", [{}, {"Content-Type": "text/html; charset=iso-8859-1"}], ids=["silent", "latin-1"])
def test_old_letters_are_converted_and_marked(body: bytes, name: str, sent: dict[str, str]) -> None:
    text, encoding, repair = read_letters(body, sent)
    assert encoding == name and repair and name in repair
    expected = page(TEXT)
    if name == "tcvn3":  # capitals with tones are written with the small letters' bytes, in a font of capitals
        text, expected = text.lower(), expected.lower()
    assert unicodedata.normalize("NFC", text) == expected


def test_windows_1258_that_is_declared_needs_no_mark() -> None:
    text, encoding, repair = read_letters(in_windows_1258(TEXT), {"Content-Type": "text/html; charset=windows-1258"})
    assert (unicodedata.normalize("NFC", text), encoding, repair) == (TEXT, "windows-1258", None)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "Der Fluß führt über die Brücke zum großen Dorf, wo die Bäcker früh öffnen. " * 20,
        "La rivière coule près du château où les élèves étudient dès l'été, ça va. " * 20,
        "Él años después volvió al pueblo; la niña señaló el camión. ® © ° ± " * 20,
        "plain words only",
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert read_letters(text.encode(), {}) == (text, "utf-8", None)


def test_an_article_says_what_its_letters_were() -> None:
    body = page(in_tcvn3(TEXT)).replace("<p>", "<time>08/01/2009 10:00</time><p>").encode("latin-1")
    article = extract(body, "http://baothu.test/a1.html", {}, datetime(2009, 2, 1, tzinfo=UTC), (), newspaper="baothu")
    assert article.text_encoding == "tcvn3"
    assert article.doubts["text_encoding"] == "converted encoding=tcvn3"
    assert article.body[0].text.startswith("Ngày 8-1, ở xã ven biển này, nhiều người đã có")
