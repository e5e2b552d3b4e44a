"""Captions are kept as printed, whatever form their credit has; with rules and without."""

# ruff: noqa: E501 - pages and sentences are not broken
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from archive.article import Article, from_json, to_json
from crawler.cli.extract import plain
from crawler.declaration.layout import Layout, Rules
from crawler.extract import extract
from crawler.extract.page import open_page
from crawler.extract.results import read_any

TITLE = "Rừng đước ven cửa sông khép tán trở lại"
FIRST = "Hai mươi năm sau ngày trồng lại, rừng đước ở cửa sông đã khép tán, người dân xóm đáy bắt đầu làm du lịch bằng xuồng chèo tay."
SECOND = "Mỗi chuyến đi chừng ba giờ, khách được nghe kể chuyện giữ rừng, tự tay bắt ba khía và nấu nồi canh chua bần ngay trên sàn nhà."
THIRD = "Tiền vé chia làm ba phần: công người chèo, quỹ chung của xóm, phần còn lại trả cho tổ tuần rừng đi canh những đêm nước lớn."
RULES = Layout(title="h1", body="#content")
CAPTURED = datetime(2026, 3, 8, tzinfo=UTC)
URL = "https://x.test/a-123456.html"
CAPTION = "Tán rừng đước nhìn từ chòi canh của tổ tuần rừng"
SETTINGS = {
    "figure": "<figure><img src=/r.jpg><figcaption>{}</figcaption></figure>",
    "table": "<table align=center><tr><td><img src=/r.jpg></td></tr><tr><td>{}</td></tr></table>",
    "slanted": "<p style='text-align:center'><img src=/r.jpg></p><p style='text-align:center'><em>{}</em></p>",
    "same paragraph": "<p class=note><img src=/r.jpg><br>{}</p>",
}
FORMS = [
    ("{} (Ảnh minh họa: Lê An)", "Lê An"),
    ("{}. Nguồn ảnh: Lê An", "Lê An"),
    ("{} (ảnh TTXVN)", "TTXVN"),
    ("{}. Ảnh Lê An", "Lê An"),
    ("{} | Ảnh: Lê An", "Lê An"),
    ("{}. Minh họa: Lê An", "Lê An"),
    ("{}. Ảnh: Lê An - Hồ Cường", "Lê An - Hồ Cường"),
    ("{} [Ảnh: Lê An]", "Lê An"),
    ("{}. (Ảnh: Lê An/TTXVN).", "Lê An/TTXVN"),
    ("(Ảnh: Lê An) {}", "Lê An"),
    ("{}.Ảnh: Lê An", "Lê An"),
    ("{}", None),
]


def page(figure: str, behind: str = "") -> bytes:
    head = f"<meta property='og:title' content='{TITLE}'>"
    body = f"<p>{FIRST}</p>{figure}<p>{SECOND}</p><p>{THIRD}</p>{behind}"
    return f"<html lang=vi><head>{head}</head><body><h1>{TITLE}</h1><span class=date>07/03/2026 08:06</span><div id=content>{body}</div></body></html>".encode()


def read(figure: str, layouts: tuple[Layout, ...], behind: str = "") -> Article:
    return extract(page(figure, behind), URL, {}, CAPTURED, layouts, newspaper="x")


def given_out(figure: str, behind: str = "") -> list[dict[str, Any]]:
    images: list[dict[str, Any]] = plain(
        read_any(open_page(page(figure, behind), URL, {}), CAPTURED, Rules(newspaper="x"))
    )["images"]
    return images


ways = pytest.mark.parametrize("layouts", [(), (RULES,)], ids=["without rules", "by rules"])


@ways
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(("form", "credit"), FORMS)
def test_a_caption_is_kept_as_printed(form: str, credit: str | None, setting: str, layouts: tuple[Layout, ...]) -> None:
    said = form.format(CAPTION)
    article = read(SETTINGS[setting].format(said), layouts)
    (image,) = article.images
    assert (image.printed or image.caption, image.credit) == (said, credit)
    assert image.caption is not None and image.caption.strip(".") == CAPTION
    assert [block.text for block in article.body if block.type != "figure"] == [FIRST, SECOND, THIRD]
    assert from_json(to_json(article)).images == article.images


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(("form", "credit"), FORMS)
def test_it_is_given_out_so(form: str, credit: str | None, setting: str) -> None:
    said = form.format(CAPTION)
    (image,) = given_out(SETTINGS[setting].format(said))
    assert (image["caption"], image["credit"]) == (said, credit)


def test_a_credit_in_a_line_of_its_own_follows_the_caption() -> None:
    (image,) = given_out(f"<figure><img src=/r.jpg><figcaption><p>{CAPTION}</p><p>Ảnh: Lê An</p></figcaption></figure>")
    assert (image["caption"], image["credit"]) == (f"{CAPTION} Ảnh: Lê An", "Lê An")


def test_a_caption_without_its_picture_keeps_every_word() -> None:
    (image,) = given_out(f"<figure><img><figcaption>{CAPTION} (Ảnh minh họa: Lê An)</figcaption></figure>")
    assert image == {"url": None, "caption": f"{CAPTION} (Ảnh minh họa: Lê An)", "credit": None}


def test_who_took_all_pictures_is_not_added_to_their_captions() -> None:
    images = given_out(
        "".join(
            SETTINGS["figure"].format(f"{CAPTION} {side}").replace("r.jpg", f"{side}.jpg") for side in ("một", "hai")
        ),
        behind="<p style='text-align:right'>Ảnh: Hồ Cường</p>",
    )
    assert [(image["caption"], image["credit"]) for image in images] == [
        (f"{CAPTION} một", "Hồ Cường"),
        (f"{CAPTION} hai", "Hồ Cường"),
    ]


@ways
@pytest.mark.parametrize(
    "line", ["Ảnh minh họa", "(Ảnh minh họa)", "Ảnh do nhân vật cung cấp", "Ảnh chỉ để minh họa. Nguồn internet"]
)
def test_a_line_that_tells_what_kind_of_picture_it_is_is_a_caption(line: str, layouts: tuple[Layout, ...]) -> None:
    article = read(f"<p><img src=/r.jpg></p><p>{line}</p>", layouts)
    assert [(image.caption, image.credit) for image in article.images] == [(line, None)]
    assert [block.text for block in article.body if block.type != "figure"] == [FIRST, SECOND, THIRD]
