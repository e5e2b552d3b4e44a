"""Pictures whose captions no element marks, on pages with rules; every page is our own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.article import Article
from crawler.declaration.layout import Layout
from crawler.extract import extract

LAYOUT = Layout(title="h1", published_at=".ngay", body="#noidung")
WORDS = "Chợ nổi họp từ lúc ba giờ sáng; ghe lớn neo giữa sông, ghe nhỏ len vào bán cà phê, hủ tiếu cho khách xa."


def read(body: str) -> Article:
    page = f"<html lang=vi><h1>Chợ nổi</h1><p class=ngay>08/01/2026 - 18:21</p><div id=noidung>{body}</div></html>"
    return extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (LAYOUT,), newspaper="x")


def test_words_that_share_a_box_with_a_picture_are_its_caption() -> None:
    slides = (
        "<div class=slide><img data-original=/1.jpg src=/img/blank.gif><span class=mota>Ghe trái cây.</span></div>"
        "<div class=slide><img data-src=/2.jpg><div>Ghe hàng bông. Ảnh: Lê Hà</div></div>"
    )
    article = read(f"<p>{WORDS}</p><div class=album>{slides}</div><p>{WORDS}</p>")
    assert [(block.type, block.text) for block in article.body] == [
        ("paragraph", WORDS),
        ("figure", "Ghe trái cây."),
        ("figure", "Ghe hàng bông."),
        ("paragraph", WORDS),
    ]
    assert [(image.url, image.caption, image.credit) for image in article.images] == [
        ("https://x.test/1.jpg", "Ghe trái cây.", None),
        ("https://x.test/2.jpg", "Ghe hàng bông.", "Lê Hà"),
    ]


def test_a_paragraph_behind_a_picture_in_the_body_itself_stays_one() -> None:
    article = read(f"<p><img src=/1.jpg></p><p>Chợ vãn lúc tám giờ.</p><p>{WORDS}</p>")
    assert [block.type for block in article.body] == ["figure", "paragraph", "paragraph"]


def test_links_behind_a_pointing_line_are_a_related_box() -> None:
    links = "<p><b>Tin liên quan:</b></p><ul><li><a href=/b>Chợ cũ</a></li></ul><p><a href=/c>Chợ mới</a></p>"
    article = read(f"<p>{WORDS}</p>{links}<p>{WORDS}</p>")
    assert [(block.type, block.text) for block in article.body] == [
        ("paragraph", WORDS),
        ("related", "Chợ cũ"),
        ("related", "Chợ mới"),
        ("paragraph", WORDS),
    ]


LISTED = (
    "<ul><li><a href=/bo-ke-1.html>Bờ kè mới qua chợ</a></li><li><a href=/ca-2.html>Mùa cá về trên sông</a></li></ul>"
)


def test_a_list_of_headlines_is_a_related_box_and_advertising_is_nothing() -> None:
    article = read(
        f"<p>{WORDS}</p><div class=xt>{LISTED}</div><div class='qc qc2'>Giảm giá 30 %</div><p>{WORDS} {WORDS}</p>"
    )
    assert [block.type for block in article.body] == ["paragraph", "related", "paragraph"]


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("/bo-ke-1.html", "/bo-ke.pdf"),  # a document
        ("/bo-ke-1.html", "#bo-ke"),  # a table of contents
        ("/bo-ke-1.html", "https://khac.test/1 "),
        ("Mùa cá về trên sông", "Bảng giá"),
        ("Mùa cá về trên sông", "Mùa cá về trên sông</a> là bài của ba người viết tại chỗ<a>"),
    ],
)
def test_other_lists_with_links_stay(said: str, other: str) -> None:
    listed = LISTED.replace(said, other).replace("/ca-2", "https://moi.test/ca-2")
    assert [block.type for block in read(f"<p>{WORDS}</p>{listed}").body] == ["paragraph", "list"]


def test_a_pointing_line_without_links_stays() -> None:
    article = read(f"<p>{WORDS}</p><p>Xem thêm:</p><p>{WORDS}</p><p>Đọc thêm</p>")
    assert [block.text for block in article.body] == [WORDS, "Xem thêm:", WORDS, "Đọc thêm"]
