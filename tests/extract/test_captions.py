"""Captions parted from credits, and the real addresses of pictures."""

from __future__ import annotations

import pytest

from crawler.extract.captions import part_credit, picture_address
from crawler.extract.page import open_page

URL = "https://baothu.test/xa-hoi/bai-1.html"


@pytest.mark.parametrize(
    ("line", "caption", "credit"),
    [
        ("Bến đò ngày nay. Ảnh: X.T", "Bến đò ngày nay.", "X.T"),
        ("Bến đò ngày nay. Ảnh: X.T.", "Bến đò ngày nay.", "X.T."),
        ("Bến đò ngày nay. Ảnh: MINH TÚ.", "Bến đò ngày nay.", "MINH TÚ"),
        ("Bến đò ngày nay (Ảnh: TTXVN)", "Bến đò ngày nay", "TTXVN"),
        ("Bến đò ngày nay. (Ảnh: Lê Hà)", "Bến đò ngày nay.", "Lê Hà"),
        ("Bến đò ngày nay - Ảnh: H.Y.T.", "Bến đò ngày nay", "H.Y.T."),
        ("Bến đò ngày nay. Ảnh minh họa: Lê Hà", "Bến đò ngày nay.", "Lê Hà"),
        ("Bến đò ngày nay. Nguồn ảnh: Internet", "Bến đò ngày nay.", "Internet"),
        ("Ảnh: M.Đ", None, "M.Đ"),
        ("Bến đò ngày nay.", "Bến đò ngày nay.", None),
        ("Triển lãm ảnh: nhiều góc nhìn về con đò", "Triển lãm ảnh: nhiều góc nhìn về con đò", None),
        ("", None, None),
    ],
)
def test_a_credit_is_parted_from_its_caption(line: str, caption: str | None, credit: str | None) -> None:
    assert part_credit(line) == (caption, credit)


def test_a_sentence_that_begins_with_the_word_is_a_caption() -> None:
    line = "Ảnh: Bà con xã cù lao cùng nhau dựng lại nhịp cầu tre sau mùa nước nổi năm trước, khi đường bộ còn ngập sâu"
    assert part_credit(line) == (line, None)


@pytest.mark.parametrize(
    ("markup", "address"),
    [
        ('<img src="/a.jpg">', "https://baothu.test/a.jpg"),
        ('<img src="b.jpg">', "https://baothu.test/xa-hoi/b.jpg"),
        ('<img src="//cdn.test/a.jpg">', "https://cdn.test/a.jpg"),
        ('<img src="data:image/gif;base64,R0" data-src="/a.jpg">', "https://baothu.test/a.jpg"),
        ('<img src="/static/placeholder.png" data-original="/a.jpg">', "https://baothu.test/a.jpg"),
        ('<img src="/nho.jpg" data-src="/a.jpg">', "https://baothu.test/a.jpg"),
        (
            '<img src="data:x" srcset="/nho.jpg 320w, /to.jpg 1200w, /vua.jpg 640w">',
            "https://baothu.test/to.jpg",
        ),
        ('<img data-srcset="/mot.jpg 1x,/hai.jpg 2x">', "https://baothu.test/hai.jpg"),
        ('<picture><source srcset="/a.webp"><img></picture>', "https://baothu.test/a.webp"),
        ('<img class="lazy" src="data:x"><noscript><img src="/a.jpg"></noscript>', "https://baothu.test/a.jpg"),
        ('<img src="/ảnh đẹp.jpg">', "https://baothu.test/%E1%BA%A3nh%20%C4%91%E1%BA%B9p.jpg"),
        ('<img src="/dem.gif" width="1" height="1">', None),
        ('<img src="data:image/gif;base64,R0">', None),
        ('<img src="http://[">', None),
        ("<img>", None),
    ],
)
def test_the_real_address_of_a_picture_is_found(markup: str, address: str | None) -> None:
    page = open_page(f"<div>{markup}</div>".encode(), URL, {})
    assert picture_address(next(page.root.iter("img")), page) == address
