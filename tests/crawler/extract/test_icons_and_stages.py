"""What stands where a picture is and is none: icons beside a picture, and stages that a script fills."""

# ruff: noqa: E501 - pages and sentences are not broken
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.article import Article
from crawler.declaration.layout import Layout
from crawler.extract import extract

TITLE = "Lớp dạy đan lưới cho người trẻ xóm bến"
FIRST = "Mỗi chiều thứ bảy, lớp dạy đan lưới ở nhà văn hóa ấp lại sáng đèn, hai chục học viên ngồi thành vòng quanh bà Tư Cẩm, người đan lưới giỏi nhất xóm."
SECOND = "Bà dạy từ cách chọn sợi, cầm ghim tới nút thắt, ai đan hỏng thì tháo ra làm lại, tấm lưới đầu tay của cả lớp được treo ngay cửa bến cá."
THIRD = "Xã cho mượn phòng và trả tiền điện, hợp tác xã bao tiêu lưới thành phẩm, nên học xong là có việc làm quanh năm ngay tại nhà mình."
CAPTION = "Bà Tư Cẩm dạy thắt nút"
RULES = Layout(title="h1", body="#content")
ways = pytest.mark.parametrize("layouts", [(), (RULES,)], ids=["without rules", "by rules"])
ICONS = {
    "ahead": "<img src=/i/z.png width=16 height=16><img src=/l.jpg>",
    "in a link": "<a href=#><img src=/i/z.png width=16></a><a href=/l.jpg><img src=/l.jpg width=600></a>",
    "by its style": "<img src=/i/z.png style='width:16px;height:16px'><img src=/l.jpg>",
    "drawn": "<span class=zoom><img src=/i/expand.svg></span><img src=/l.jpg>",
    "by its name": "<img src=/static/icon-camera.png><img src=/l.jpg>",
    "behind": "<img src=/l.jpg><img src=/i/z.png width=24 height=24>",
}


def read(ahead: str = "", amid: str = "", layouts: tuple[Layout, ...] = ()) -> Article:
    head = f"<meta property='og:title' content='{TITLE}'>"
    body = f"{ahead}<p>{FIRST}</p>{amid}<p>{SECOND}</p><p>{THIRD}</p>"
    page = f"<html lang=vi><head>{head}</head><body><h1>{TITLE}</h1><span class=date>07/03/2026 08:06</span><div id=content>{body}</div></body></html>"
    return extract(
        page.encode(), "https://x.test/a-123456.html", {}, datetime(2026, 3, 8, tzinfo=UTC), layouts, newspaper="x"
    )


def shown(article: Article) -> list[tuple[str, str | None]]:
    return [(image.url, image.caption) for image in article.images]


@ways
@pytest.mark.parametrize("icon", ICONS)
def test_an_icon_in_a_figure_is_no_picture(icon: str, layouts: tuple[Layout, ...]) -> None:
    figure = f"<figure>{ICONS[icon]}<figcaption>{CAPTION}</figcaption></figure>"
    for article in (read(ahead=figure, layouts=layouts), read(amid=figure, layouts=layouts)):
        assert shown(article) == [("https://x.test/l.jpg", CAPTION)]
        assert [block.text for block in article.body if block.type == "figure"] == [CAPTION]


@ways
@pytest.mark.parametrize("picture", ["<img src=/logo.png>", "<img src=/tem.png width=60>", "<img src=/hinh.svg>"])
def test_the_only_picture_of_a_figure_is_one(picture: str, layouts: tuple[Layout, ...]) -> None:
    article = read(amid=f"<figure>{picture}<figcaption>{CAPTION}</figcaption></figure>", layouts=layouts)
    assert [caption for _, caption in shown(article)] == [CAPTION]


@ways
@pytest.mark.parametrize("caption", ["", TITLE, TITLE.upper(), f"{TITLE}. Ảnh: Lê An", f"{CAPTION}. Ảnh: Lê An"])
def test_a_stage_without_an_address_is_dropped_where_it_says_nothing_new(
    caption: str, layouts: tuple[Layout, ...]
) -> None:
    article = read(
        ahead=f"<figure class=hero><img src=''><figcaption>{caption}</figcaption></figure>",
        amid=f"<figure><img src=/l.jpg><figcaption>{CAPTION}. Ảnh: Lê An</figcaption></figure>",
        layouts=layouts,
    )
    assert [block.text for block in article.body] == [FIRST, f"{CAPTION}.", SECOND, THIRD]


@ways
def test_a_stage_that_tells_of_its_picture_keeps_its_words(layouts: tuple[Layout, ...]) -> None:
    article = read(
        ahead=f"<figure><img src=''><figcaption>{CAPTION}. Ảnh: Lê An</figcaption></figure>", layouts=layouts
    )
    assert [block.text for block in article.body] == [f"{CAPTION}. Ảnh: Lê An", FIRST, SECOND, THIRD]
