"""Captions as the systems of many papers set them: each finds its picture, none is a paragraph, no text is lost."""

# ruff: noqa: E501 - pages and sentences are not broken
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.declaration.layout import Layout
from crawler.extract import extract

PARAGRAPHS = (
    "Lò gạch cuối cùng ở khúc sông Mang Thít nay đã tắt lửa, chủ lò chuyển sang đón khách tới xem nghề và nghỉ lại qua đêm.",
    "Ông Năm Hiệp đốt lò từ năm mười bảy tuổi, kể rằng thời thịnh nhất cả vùng có hơn hai ngàn miệng lò đỏ lửa suốt ngày đêm.",
    "Đất sét lấy từ ruộng sâu, trấu chở ghe từ các nhà máy xay lúa, mỗi mẻ gạch đốt ròng rã hai mươi ngày mới chín đều.",
    "Tỉnh đang lập hồ sơ giữ lại chừng trăm rưỡi lò cũ làm di sản, mời kiến trúc sư về tính chuyện chống dột cho vòm gạch.",
    "Khách tới được nhồi đất, in gạch bằng khuôn gỗ, rồi ngồi ăn bánh xèo bên lò, nghe chuyện của những người thợ già.",
)
CAPTION = "Những miệng lò gạch cũ bên sông Mang Thít trong nắng chiều cuối năm"
STRUCTURES = {
    "nested figcaption": "<figure><div><picture><source srcset=/1.webp><img src=/1.jpg></picture></div><figcaption><div><p>{}</p><p><small>Foto: N.H.</small></p></div></figcaption></figure>",
    "figure in figure": "<figure><figure><img src=/1.jpg></figure><figcaption><span>{}</span></figcaption></figure>",
    "class beside": "<div class=hinh><img src=/1.jpg></div><div class=caption>{}</div>",
    "unknown class": "<div class=k1><img src=/1.jpg></div><p class=k2>{}</p>",
    "small": "<p><img src=/1.jpg></p><p><small>{}</small></p>",
    "wordpress": "<div id=attachment_12 class='wp-caption aligncenter'><a href=/1.jpg><img src=/1.jpg></a><p id=caption-attachment-12 class='wp-caption-text'>{}</p></div>",
    "picture as a page": "<figure><div style='background-image:url(/1.jpg)'></div><figcaption>{}</figcaption></figure>",
    "amp": "<div class=m><amp-img src=/1.jpg></amp-img><p>{}</p></div>",
    "noscript": "<div class=m><noscript><img src=/1.jpg></noscript><p>{}</p></div>",
    "shown twice": "<figure><img src=/1.jpg><figcaption>{0}</figcaption></figure><div class=lb><p>{0}</p></div>",
    "video": "<div class=vid><video src=/v.mp4></video><p>{}</p></div>",
    "definition list": "<dl><dt><img src=/1.jpg></dt><dd>{}</dd></dl>",
    "table": "<table align=center><tbody><tr><td><img src=/1.jpg></td></tr><tr><td><p>{}</p></td></tr></tbody></table>",
    "section": "<section class=m><div><img src=/1.jpg></div><div><p>{}</p><p>© N.H.</p></div></section>",
    "article": "<article class=media><div><img src=/1.jpg></div><div class=info><p>{}</p></div></article>",
    "heading": "<div class=m><img src=/1.jpg><h6>{}</h6></div>",
    "photo by": "<p><img src=/1.jpg></p><p>{} (Photo by N.H./Agency)</p>",
    "foto": "<p><img src=/1.jpg></p><p>{}. Foto: N.H./dpa</p>",
    "copyright": "<p><img src=/1.jpg></p><p>{} © N.H.</p>",
    "two pictures": "<div class=m><img src=/1.jpg><img src=/2.jpg><div>{}</div></div>",
    "three pictures": "<div class=m><div><img src=/1.jpg><img src=/2.jpg><img src=/3.jpg></div><div>{}</div></div>",
    "element of its own": "<media-image><img src=/1.jpg></media-image><media-caption>{}</media-caption>",
    "legend": "<div class=visu><img src=/1.jpg><p class=legende>{}</p></div>",
    "above in its figure": "<figure><figcaption>{}</figcaption><img src=/1.jpg></figure>",
    "above in its table": "<table align=center><tr><td>{}</td></tr><tr><td><img src=/1.jpg></td></tr></table>",
    "list": "<ul><li><img src=/1.jpg><span>{}</span></li></ul>",
    "list of paragraphs": "<ul><li><p><img src=/1.jpg></p><p>{}</p></li></ul>",
    "small font": "<p><img src=/1.jpg></p><p><font size=1>{}</font></p>",
    "small print": "<p><img src=/1.jpg></p><p style='font-size: .8em; color: #666'>{}</p>",
    "alternative text": "<p><img src=/1.jpg alt='{0}'></p><p>{0}</p>",
}


@pytest.mark.parametrize("where", ["within", "leading"])
@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_caption_finds_its_picture(structure: str, where: str) -> None:
    shown = STRUCTURES[structure].format(CAPTION)
    laid = [f"<p>{text}</p>" for text in PARAGRAPHS]
    if where == "within":
        laid.insert(3, shown)
        body = f"<div class=nd>{''.join(laid)}</div>"
    else:
        body = f"{shown}<div class=nd>{''.join(laid)}</div>"
    page = f"<html lang=vi><head><title>Lò gạch Mang Thít</title><meta property='article:published_time' content='2026-03-05T07:05:00+07:00'></head><body><article><h1>Lò gạch Mang Thít</h1>{body}</article></body></html>"
    article = extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="x")
    said = [block.text for block in article.body if block.type != "figure"]
    if article.lead and article.lead not in said:
        said.insert(0, article.lead)
    assert said == list(PARAGRAPHS)
    assert any(CAPTION in block.text for block in article.body if block.type == "figure")


def test_a_line_between_two_pictures_is_the_first_ones_caption_where_that_has_none() -> None:
    pictures = [f"<p><img src=/{nth}.jpg></p>" for nth in range(3)]
    lines = [f"<p style='text-align: center'><em>Mẻ gạch thứ {nth} vừa ra lò.</em></p>" for nth in range(2)]
    laid = f"{pictures[0]}{lines[0]}{pictures[1]}{lines[1]}{pictures[2]}"
    text = (
        "<p>Xóm lò gạch nổi lửa lại từ đầu tháng, khói bay dọc cả khúc kênh từ sáng sớm tới khi trời chạng vạng tối.</p>"
        * 2
    )
    page = f"<html lang=vi><body><h1>Lò gạch Mang Thít</h1><span class=date>05/03/2026 07:05</span><div id=c>{text}{laid}{text}</div></body></html>"
    for layouts in ((), (Layout(title="h1", body="#c"),)):
        article = extract(
            page.encode(), "https://x.test/a", {}, datetime(2026, 3, 6, tzinfo=UTC), layouts, newspaper="x"
        )
        captions = [image.caption for image in article.images]
        assert captions == ["Mẻ gạch thứ 0 vừa ra lò.", "Mẻ gạch thứ 1 vừa ra lò.", None]


def test_each_of_two_pictures_has_the_caption_in_its_own_figure_above_or_below() -> None:
    above = "".join(
        f"<figure><figcaption>Lò số {nth} bên bờ sông</figcaption><img src=/{nth}.jpg></figure>" for nth in (1, 2)
    )
    laid = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    page = f"<html lang=vi><head><meta property='article:published_time' content='2026-03-05T07:05:00+07:00'></head><body><article><h1>Lò gạch Mang Thít</h1>{laid}{above}</article></body></html>"
    article = extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="x")
    assert [(image.url[-5:], image.caption) for image in article.images] == [
        ("1.jpg", "Lò số 1 bên bờ sông"),
        ("2.jpg", "Lò số 2 bên bờ sông"),
    ]


def test_text_in_small_print_throughout_is_no_caption() -> None:
    laid = "".join(
        f"<p style='font-size:12px'>{text}</p><p><img src=/{nth}.jpg></p>" for nth, text in enumerate(PARAGRAPHS)
    )
    page = f"<html lang=vi><head><meta property='article:published_time' content='2026-03-05T07:05:00+07:00'></head><body><article><h1>Lò gạch Mang Thít</h1>{laid}</article></body></html>"
    article = extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="x")
    assert [block.text for block in article.body if block.type == "paragraph"] == list(PARAGRAPHS)
    assert not any(image.caption for image in article.images)


@pytest.mark.parametrize(
    "shown",
    [
        "<div style=\"background-image: url('/pics/lo.jpg')\"></div>",
        "<span data-bg='/pics/lo.jpg'></span>",
        "<a href='/pics/lo.jpg'><img src='/grey.gif'></a>",
        "<img src='' data-photo-url='https://x.test/pics/lo'>",
    ],
)
def test_a_picture_in_a_background_a_link_or_an_address_without_an_ending_is_found(shown: str) -> None:
    laid = [f"<p>{text}</p>" for text in PARAGRAPHS]
    laid.insert(2, shown)
    page = f"<html lang=vi><head><meta property='article:published_time' content='2026-03-05T07:05:00+07:00'></head><body><article><h1>Lò gạch Mang Thít</h1>{''.join(laid)}</article></body></html>"
    article = extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="x")
    assert [image.url.removesuffix(".jpg") for image in article.images] == ["https://x.test/pics/lo"]


def test_a_slanted_centred_line_above_a_picture_without_one_below_is_its_caption() -> None:
    laid = [f"<p>{text}</p>" for text in PARAGRAPHS]
    laid.insert(2, f"<p align=center><i>{CAPTION}</i></p><p align=center><img src=/1.jpg></p>")
    page = f"<html lang=vi><head><meta property='article:published_time' content='2026-03-05T07:05:00+07:00'></head><body><article><h1>Lò gạch Mang Thít</h1>{''.join(laid)}</article></body></html>"
    article = extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="x")
    assert [image.caption for image in article.images] == [CAPTION]
