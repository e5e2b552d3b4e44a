"""From bytes to text: charsets right and wrong, folding, base addresses."""

from __future__ import annotations

import gzip
import unicodedata

import pytest

from crawler.extract.charsets import decode
from crawler.extract.page import open_page
from crawler.extract.selectors import select
from crawler.extract.text import fold, text_of

WORDS = "Người dân Đồng Tháp giữ nghề dệt chiếu"
HTML = f"<p>{WORDS}</p>"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (HTML.encode(), {}),
        (HTML.encode(), {"Content-Type": "text/html; charset=utf-8"}),
        (HTML.encode(), {"content-type": 'text/html; charset="UTF-8"'}),
        (HTML.encode(), {"Content-Type": "text/html; charset=ISO-8859-1"}),
        (HTML.encode(), {"Content-Type": "text/html; charset=no-such"}),
        (b'<meta charset="windows-1252">' + HTML.encode(), {}),
        (b"\xef\xbb\xbf" + HTML.encode(), {"Content-Type": "text/html; charset=utf-16"}),
        (b"\xff\xfe" + HTML.encode("utf-16-le"), {}),
        (b"\xfe\xff" + HTML.encode("utf-16-be"), {}),
        (HTML.encode("utf-16-le"), {"Content-Type": "text/html; charset=utf-16-le"}),
        (unicodedata.normalize("NFD", HTML).encode(), {}),
        (gzip.compress(HTML.encode(), mtime=0), {}),
    ],
)
def test_a_page_is_decoded(body: bytes, headers: dict[str, str]) -> None:
    page = open_page(body, "https://baothu.test/", headers)
    assert [text_of(element) for element in page.root.iter("p")] == [WORDS]


def test_windows_1258_with_its_combining_marks_is_decoded() -> None:
    apart = "".join(
        unicodedata.normalize("NFC", letter[:2]) + letter[2:] if len(letter) > 2 else letter
        for letter in ("a\u0302\u0301", "Đ")
    )
    page = open_page(
        b"<meta http-equiv=Content-Type content='text/html; charset=windows-1258'><p>"
        + apart.encode("cp1258")
        + b"</p>",
        "https://baothu.test/",
        {},
    )
    assert text_of(next(page.root.iter("p"))) == "ấĐ"


def test_what_cannot_be_decoded_is_replaced() -> None:
    assert decode(b"Qu\xe9bec", {}) == "Qu\ufffdbec"


def test_broken_gzip_stays_as_it_is() -> None:
    assert decode(b"\x1f\x8bnot gzip", {})


def test_text_is_folded() -> None:
    assert fold(" \u0110o\u0300\u00a0 \u200bngang \n") == "Đò ngang"
    assert fold("\u00d0ồng Tháp") == "Đồng Tháp"
    assert fold("\u00d0ồng Tháp")[0] == "\u0110"


def test_a_base_element_moves_relative_addresses() -> None:
    page = open_page(
        b'<base href="/static/mau/"><a href="anh/x.jpg">x</a>', "https://baothu.test/xa-hoi/bai-a1.html", {}
    )
    assert page.absolute("anh/x.jpg") == "https://baothu.test/static/mau/anh/x.jpg"
    assert page.absolute("/anh/x.jpg") == "https://baothu.test/anh/x.jpg"
    assert page.absolute("javascript:void(0)") is None


def test_a_base_element_without_an_address_is_ignored() -> None:
    page = open_page(b'<base target="_blank"><base href="http://[">', "https://baothu.test/a/b.html", {})
    assert page.absolute("c.html") == "https://baothu.test/a/c.html"


def test_scripts_are_no_text_and_line_breaks_part_words() -> None:
    page = open_page(b"<div>mot<br>hai<script>ba</script><p>bon</p>n<b>a</b>m</div>", "https://baothu.test/", {})
    assert text_of(select(page.root, "div")[0]) == "mot hai bon nam"


@pytest.mark.parametrize("charset", ["gb2312", "big5", "shift_jis", "koi8-r", "tis-620"])
def test_utf_8_is_read_whatever_charset_the_server_declares(charset: str) -> None:
    headers = {"Content-Type": f"text/html; charset={charset}"}
    page = open_page((HTML * 5).encode(), "https://baothu.test/", headers)
    assert [text_of(element) for element in page.root.iter("p")] == [WORDS] * 5


def test_a_few_letters_in_gbk_that_are_valid_utf_8_by_chance_stay_gbk() -> None:
    assert decode("<p>联通</p>".encode("gbk"), {"Content-Type": "text/html; charset=gbk"}) == "<p>联通</p>"
