"""Pages that say, with status 200, that what stood there is not there any more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.errors import NotAnArticle
from crawler.declaration.layout import Rules
from crawler.extract import open_page
from crawler.extract.not_found import says_gone
from crawler.extract.results import read_article

NOON = datetime(2026, 1, 8, 12, 0, tzinfo=UTC)
URL = "https://baovinhthuan.vn/cho-lui-100001.html"
MENU = "<nav><a href='/'>Trang chủ</a> <a href='/van-hoa/'>Văn hóa</a></nav>"
LONG = "<p>" + "Chợ họp từ lúc trời còn tối, người bán kẻ mua đi trên những chiếc xuồng nhỏ. " * 3 + "</p>"


def said(body: str, title: str = "Báo Vĩnh Thuận") -> str | None:
    markup = f"<html><head><title>{title}</title></head><body>{MENU}{body}</body></html>"
    return says_gone(open_page(markup.encode(), URL, {"Content-Type": "text/html; charset=utf-8"}))


@pytest.mark.parametrize(
    "text",
    [
        "Bài viết không tồn tại hoặc đã bị gỡ bỏ", "Không tìm thấy trang", "Trang bạn tìm không tồn tại.", "404",
        "Lỗi 404", "404 - Không tìm thấy trang", "404 Not Found", "Page not found",
        "Rất tiếc, trang bạn yêu cầu không tìm thấy!", "Nội dung này đã bị xoá", "Tin bài này không còn tồn tại",
        "Xin lỗi, bài viết mà quý độc giả đang tìm kiếm không còn tồn tại", "Đường dẫn không hợp lệ",
        "The page you are looking for does not exist", "This article has been removed", "BÀI VIẾT ĐÃ ĐƯỢC GỠ BỎ",
        "Khong tim thay noi dung ban yeu cau", "Bản tin không tồn tại!", "Nội dung bài viết không còn tồn tại.",
        "Rất tiếc! Trang bạn tìm kiếm không có hoặc đã bị xóa.", "The requested page could not be found.",
        "Chúng tôi không thể tìm thấy bài viết mà bạn đang tìm.",
        "Tin bài chưa được xuất bản hoặc đã hết hạn hiển thị.",
    ],
)  # fmt: skip
def test_what_is_said_of_a_page_that_is_gone(text: str) -> None:
    assert said(f"<h1>{text}</h1>{LONG}{LONG}") == text
    assert said(f"<div class='loi'>{text}</div>") == text
    assert said("", title=f"{text} | Báo Vĩnh Thuận") == text.partition(" - ")[0]


@pytest.mark.parametrize(
    "text",
    [
        "Nhiều bài viết sai sự thật đã bị gỡ", "Không tìm thấy kết quả", "404 chiến sĩ lên đường nhập ngũ",
        "Trang trại nuôi heo không tìm thấy đầu ra", "Bài học từ vụ xóa nợ", "Tin giả về sáp nhập đã bị gỡ",
        "Không tìm thấy nạn nhân vụ lật thuyền", "Đường dẫn vào cầu không tồn tại vạch kẻ", "Bài viết mới nhất", "",
    ],
)  # fmt: skip
def test_headlines_and_boxes_say_no_such_thing(text: str) -> None:
    assert said(f"<h1>{text}</h1><p>{text}</p>", title=text) is None


def test_a_box_beside_an_article_that_cannot_be_read_says_nothing_of_it() -> None:
    box = "<p>Không tìm thấy bài viết liên quan</p>"
    assert said(f"<main>{LONG}{LONG}</main>{box}") is None
    assert said(f"<div>{LONG.replace('p>', 'br>')}{LONG.replace('p>', 'br>')}</div>{box}") is None


@pytest.mark.parametrize(
    ("text", "is_gone"),
    [
        ("Bài viết không tồn tại hoặc đã bị gỡ bỏ", True),
        ("Tin này đã được gỡ xuống theo yêu cầu của tòa soạn.", True),
        ("Bài viết này hiện không khả dụng. Vui lòng quay lại sau.", True), ("Trang này không còn tồn tại", True),
        ("Bài viết bị xóa sau hai giờ, tác giả nói gì?", False), ("Tin đã được gỡ, lòng còn vướng", False),
        ("Không tìm thấy bài viết nào", False), ("Chúng tôi không thể tìm thấy bài viết mà bạn đang tìm.", True),
        ("Trang không tồn tại vẫn thu hút khách", False),
    ],
)  # fmt: skip
def test_a_page_with_long_leads_of_others_says_so_of_an_article(text: str, is_gone: bool) -> None:
    assert (said(f"<div class='thong-bao'>{text}</div><aside>{LONG}{LONG}{LONG}</aside>") == text) is is_gone


def test_a_page_that_stands_in_a_form_says_so_too() -> None:
    """As pages of ASP.NET do; a form for searches is none of the text."""
    text = "Bài viết này không còn tồn tại"
    links = "".join(f"<a href='/{n}'>Mục {n}</a>" for n in range(6))
    assert said(f"<form id='aspnetForm'><div>{links}</div><td>{text}</td></form>") == text
    assert said(f"<div>{links}</div><form>{text}</form>") is None


def test_what_a_script_alerts_is_said() -> None:
    script = "<script>alert('Bài viết không tồn tại'); location = '/';</script>"
    assert said(script) == "Bài viết không tồn tại"
    assert said(f"{script}<main>{LONG}{LONG}</main>") is None
    assert said("<script>alert('Mời bạn đăng nhập')</script>") is None


def is_read_as_gone(markup: str) -> bool:
    """Whether a page says that its article is not there; False where an article is read from it."""
    page = open_page(f"<html><body>{MENU}{markup}</body></html>".encode(), URL, {"Content-Type": "text/html"})
    try:
        read_article(page, NOON, None, Rules(newspaper="baovinhthuan"))
    except NotAnArticle as error:
        return error.says_gone
    return False


@pytest.mark.parametrize(
    ("texts", "is_gone"),
    [
        (["Bài viết đã được gỡ bỏ theo yêu cầu của tòa soạn."], True),
        (["Nội dung bài viết không còn tồn tại.", "Lê Thu"], True),
        (["Bài viết đã bị gỡ bỏ, song bản chụp màn hình còn lan truyền.", "Công an xã mời chủ tài khoản. " * 4], False),
    ],
)
def test_a_page_that_keeps_its_heading_above_such_a_text_is_none_of_an_article(texts: list[str], is_gone: bool) -> None:
    at = "<time datetime='2026-01-08T09:00:00+07:00'>8/1</time>"
    markup = f"<h1>Chợ lùi về bến cũ</h1>{at}<article>{''.join(f'<p>{text}</p>' for text in texts)}</article>"
    assert is_read_as_gone(markup) is is_gone


def test_no_article_is_read_from_such_a_page() -> None:
    at = "<time datetime='2026-01-08T09:00:00+07:00'>8/1</time>"
    body = f"<h1>Bài viết không tồn tại</h1>{at}<article><p>{{}}</p></article>"
    short, long = body.format("Mời bạn đọc các tin khác của báo trên trang chủ nhé."), body.format("Chợ họp sớm. " * 40)
    for markup, is_gone in ((short, True), (long, False)):
        assert is_read_as_gone(markup) is is_gone
