"""Captions parted from credits, and the real addresses of pictures."""

from __future__ import annotations

import pytest

from crawler.extract.body.credits import part_caption, part_credit
from crawler.extract.body.pictures import picture_address
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
        ("Đồ họa: Quốc Bảo", None, "Quốc Bảo"),
        ("Chợ quê. Minh họa: Lê Hà", "Chợ quê.", "Lê Hà"),
        ("Bến đò ngày nay.", "Bến đò ngày nay.", None),
        ("Bến đò (ảnh: Lê Hà)", "Bến đò", "Lê Hà"),
        ("Bến đò. Ảnh: Lê Hà (CTV)", "Bến đò.", "Lê Hà (CTV)"),
        ("Bến đò. Ảnh: Nhân vật cung cấp", "Bến đò.", "Nhân vật cung cấp"),
        ("Bến đò. Ảnh, clip: Lê Hà", "Bến đò.", "Lê Hà"),
        ("Bến đò, ảnh Lê Hà", "Bến đò", "Lê Hà"),
        ("Ảnh: Ông Lê Hà bên con đò mới của xóm", "Ảnh: Ông Lê Hà bên con đò mới của xóm", None),
        ("Bến đò (Trong ảnh: ông Lê Hà)", "Bến đò (Trong ảnh: ông Lê Hà)", None),
        ("Tin, ảnh: P.Y", "Tin, ảnh: P.Y", None),
        ("BÀI VÀ ẢNH: P.Y", "BÀI VÀ ẢNH: P.Y", None),
        ("Ảnh Bác Hồ thăm bến đò", "Ảnh Bác Hồ thăm bến đò", None),
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
    ("line", "caption", "credit"),
    [
        ("Bến đò ngày nay. (Nguồn: Reuters)", "Bến đò ngày nay.", "Reuters"),
        ("Bến đò ngày nay. Nguồn: AFP/TTXVN", "Bến đò ngày nay.", "AFP/TTXVN"),
        ("Giá lúa trong tuần; nguồn: Sở Công Thương", "Giá lúa trong tuần", "Sở Công Thương"),
        ("Nguồn: TTXVN", None, "TTXVN"),
        ("Nước từ nguồn: suối trên núi", "Nước từ nguồn: suối trên núi", None),
        ("Nguồn: nước suối chảy từ trên núi về bản", "Nguồn: nước suối chảy từ trên núi về bản", None),
        ("Bến đò ngày nay. Ảnh: X.T", "Bến đò ngày nay.", "X.T"),
    ],
)
def test_in_a_caption_the_source_is_a_credit(line: str, caption: str | None, credit: str | None) -> None:
    assert part_caption(line) == (caption, credit)


def test_the_source_of_a_text_is_no_pictures_credit() -> None:
    assert part_credit("Nguồn: TTXVN") == ("Nguồn: TTXVN", None)


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
        # a flag, a number, a word and an article's address are no picture's
        ('<img data-lazy="true" data-src="false" src="/a.png">', "https://baothu.test/a.png"),
        ('<img data-image="20931" data-full="1" src="/a.png">', "https://baothu.test/a.png"),
        ('<img data-src="undefined" data-original="null" src="/a.png">', "https://baothu.test/a.png"),
        ('<img data-url="/xa-hoi/bai-2.html?k=1" src="/a.png">', "https://baothu.test/a.png"),
        ('<img data-url="/xa-hoi/bai-2/" src="/anh?so=1">', "https://baothu.test/anh?so=1"),
        ('<img data-src="/anh?so=1&w=900" src="/anh?so=1&w=60">', "https://baothu.test/anh?so=1&w=900"),
        ('<img data-src="/anh?so=1" src="/a.webp">', "https://baothu.test/a.webp"),
        ('<img data-image="/lon.jpg@w900" src="/nho.jpg">', "https://baothu.test/lon.jpg@w900"),
        ('<img src="data:x" data-lazy-srcset="/nho.png 320w, /to.png 1200w">', "https://baothu.test/to.png"),
        ('<img src="data:x" data-srcset="true" data-src="/a.png">', "https://baothu.test/a.png"),
        (
            '<picture><source data-srcset="/nho.webp 1x, /to.webp 2x"><img src="data:x"></picture>',
            "https://baothu.test/to.webp",
        ),
        ('<p><span><img src="data:x"></span><noscript><img src="/a.jpg"></noscript></p>', "https://baothu.test/a.jpg"),
        ('<img src="https://baothu.test/xa-hoi/bai-1.html">', None),
        ('<img data-src="./#1" src="?">', None),
        ('<img src="/dem.gif" width="1" height="1">', None),
        ('<img src="data:image/gif;base64,R0">', None),
        ('<img src="http://[">', None),
        ("<img>", None),
    ],
)
def test_the_real_address_of_a_picture_is_found(markup: str, address: str | None) -> None:
    page = open_page(f"<div>{markup}</div>".encode(), URL, {})
    assert picture_address(next(page.root.iter("img")), page) == address
