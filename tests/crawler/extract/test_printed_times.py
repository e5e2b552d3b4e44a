"""Which of a page's times is the article's: by where it stands and who bears it out, whatever its class is called."""

# ruff: noqa: E501 - pages and sentences are not broken
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from archive.article import Article
from archive.errors import NotAnArticle
from crawler.declaration.layout import Layout
from crawler.extract import extract

CAPTURED = datetime(2026, 3, 8, 2, 30, tzinfo=UTC)
OWN = "2026-03-07T08:06:00+07:00"
TITLE = "Lúa đông xuân ở Vàm Nhon trổ sớm nửa tháng"
TEXT = (
    "<div class='nd'><p>Mấy hôm nay đi dọc kênh Vàm Nhon đã thấy những vạt lúa trổ đều, sớm hơn mọi năm nửa tháng vì nước về muộn và rút nhanh.</p>"
    "<p>Bà Tư Lượm, làm tám công ruộng ở cuối kênh, nói giống mới cứng cây, ít sâu nhưng phải canh nước từng ngày mới chắc hạt.</p>"
    "<p>Hợp tác xã đã hẹn lịch máy gặt với các tổ, ai gặt trước thì nhường máy cho nhà neo người, giá công giữ như vụ trước.</p></div>"
)
PRINTED = [
    "<div class='x1'><span>Thứ Bảy, 07/03/2026 | 08:06</span></div>",
    "<div class='q9k'>07/03/2026 08:06</div>",
    "<p>Ngày 7-3-2026, 8h06</p>",
    "<div><b>Mười Đờn</b> <i>• 07/03/2026 08:06</i></div>",
    "<div><span>07/03/2026</span> <span>08:06</span></div>",
    "<div><i>07/03/2026</i><b>08:06</b></div>",
    "<div class='detail-time'>07/03/2026 - 08:06</div>",
    "<time datetime='2026-03-07T01:06:00Z'>sáng nay</time>",
    "<div>Đăng lúc 08:06 07/03/2026 - Cập nhật: 07/03/2026 19:40</div>",
]
CLOCKS = [
    "<div class='top-bar'><span class='date-now'>Chủ nhật, 08/03/2026 | 09:30</span></div>",
    "<header><span class='date'>Chủ nhật, 08/03/2026</span></header>",
    "<div class='zz'>Chủ nhật, 08/03/2026 09:30</div>",
    "<div id='header'><div class='time'>06/03/2026 07:00</div></div>",
    "<div><table><tr><td>Gò Nổi</td><td>Thứ Sáu, 01/01/2021 08:00</td></tr></table></div>",
]
TEASERS = "".join(
    f"<div class='k{nth}'><a href='/khac-{nth}.html'>Tin khác thứ {nth} trong xã ngày hôm nay</a><span class='time'>0{nth}/03/2026 11:00</span></div>"
    for nth in range(1, 5)
)
COMMENTS = "".join(
    f"<div class='{kind}'><b>Bạn đọc {nth}</b><time datetime='2026-03-07T1{nth}:00:00+07:00'>07/03/2026 1{nth}:00</time><p>Năm nay lúa đẹp.</p></div>"
    for nth, kind in enumerate(("comment-item", "cmt", "cmt"), 1)
)


def read(
    body: str, head: str = "", *layouts: Layout, title: str = f"<h1>{TITLE}</h1>", host: str = "vamnhon.test"
) -> Article:
    page = (
        f"<html lang='vi'><head><title>{TITLE}</title>{head}</head><body>{body.replace('{title}', title)}</body></html>"
    )
    return extract(page.encode(), f"https://{host}/lua-1.html", {}, CAPTURED, layouts, newspaper="vamnhon")


@pytest.mark.parametrize("printed", PRINTED)
def test_a_time_below_the_headline_is_the_articles_whatever_its_class(printed: str) -> None:
    article = read(f"{{title}}{printed}{TEXT}")
    assert article.published_at.isoformat() == OWN
    assert "published_at" not in article.doubts


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("printed", PRINTED[:4])
def test_the_sites_clock_teasers_and_comments_are_not_the_articles_time(printed: str, clock: str) -> None:
    around = f"{clock}<div class='ben'>{TEASERS}</div>{{title}}{printed}{TEXT}{COMMENTS}{TEASERS}"
    assert read(around).published_at.isoformat() == OWN


@pytest.mark.parametrize("foreign", [*CLOCKS[:3], CLOCKS[4], TEASERS, f"<div class='ykien'>{COMMENTS}</div>"])
@pytest.mark.parametrize("where", ["{other}{title}{text}", "{title}{text}{other}"])
def test_an_article_without_a_time_of_its_own_has_none(foreign: str, where: str) -> None:
    with pytest.raises(NotAnArticle) as caught:
        read(where.replace("{other}", foreign).replace("{text}", TEXT))
    assert set(caught.value.missing) == {"published_at"}


def test_a_layout_without_a_rule_for_the_time_finds_it_and_hears_machines() -> None:
    layout = Layout(title="h1", body=".nd")
    told = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2026-03-07T08:06:00+07:00"}</script>'
    page = f"{CLOCKS[1]}{{title}}{{time}}{TEXT}"
    for head, printed in (("", PRINTED[0]), (told, ""), (told, PRINTED[1])):
        assert read(page.replace("{time}", printed), head, layout).published_at.isoformat() == OWN


def test_a_time_above_the_headline_is_read_with_a_doubt_where_nothing_bears_it_out() -> None:
    page = f"<div class='w'><div class='dong-tren'><a href='/xa/'>Xã hội</a> <span>05/03/2026 08:06</span></div>{{title}}{TEXT}</div>"
    alone = read(page)
    assert alone.published_at.isoformat() == "2026-03-05T08:06:00+07:00"
    assert "published_at" in alone.doubts
    told = "<meta property='article:published_time' content='2026-03-05T08:06:00+07:00'>"
    assert "published_at" not in read(page, told).doubts


def test_a_time_behind_a_lead_and_a_caption_is_found() -> None:
    lead = "<p class='mo'>Nước về muộn rồi rút nhanh khiến lúa ở Vàm Nhon trổ sớm, bà con phải gọi máy gặt trước tết Thanh minh.</p>"
    article = read(f"{{title}}{lead}<div class='ngay-dang'>07/03/2026 08:06</div>{TEXT}")
    assert article.published_at.isoformat() == OWN


def test_a_time_behind_a_lead_in_an_element_of_no_name_is_found() -> None:
    lead = "<div><p>Nước về muộn rồi rút nhanh khiến lúa ở Vàm Nhon trổ sớm, bà con phải gọi máy gặt trước tết Thanh minh.</p></div>"
    assert read(f"{{title}}{lead}<div>07/03/2026 08:06</div>{TEXT}").published_at.isoformat() == OWN


@pytest.mark.parametrize("line", ["Ngày đăng: 07/03/2026 08:06", "<i>Thứ Bảy, 07/03/2026 - 08:06</i>"])
def test_a_time_that_closes_the_text_is_the_articles(line: str) -> None:
    text = TEXT.replace("</div>", f"<p>{line}</p></div>")
    assert read(f"{{title}}{text}{COMMENTS}").published_at.isoformat() == OWN


def test_a_time_ahead_of_text_in_no_element_stands_below_the_headline() -> None:
    text = "<br><br>".join(part.removesuffix("</p>") for part in TEXT.removesuffix("</div>").split("<p>")[1:])
    article = read(f"{{title}}<div>07/03/2026 08:06</div>{text}")
    assert article.published_at.isoformat() == OWN
    assert len([block for block in article.body if block.type == "paragraph"]) + bool(article.lead) >= 3


@pytest.mark.parametrize("named", ["", " class='time'"])
@pytest.mark.parametrize("paragraphs", [1, 2])
@pytest.mark.parametrize("comments", [1, 2])
def test_the_time_of_a_comment_below_a_short_article_is_not_its_own(named: str, paragraphs: int, comments: int) -> None:
    text = "</p>".join(TEXT.split("</p>")[:paragraphs]) + "</p></div>"
    said = "".join(
        f"<div class='o{nth}'><b>Út Mười {nth}</b> <span{named}>0{nth}/03/2026 10:20</span><p>Ruộng nhà tôi ở cuối kênh cũng trổ sớm như vậy, "
        "năm nay chắc cả xóm gặt xong trước rằm, mừng mà cũng lo giá lúa xuống.</p></div>"
        for nth in range(1, comments + 1)
    )
    with pytest.raises(NotAnArticle) as caught:
        read(f"{{title}}{text}<div class='u0'>{said}</div>")
    assert set(caught.value.missing) == {"published_at"}


@pytest.mark.parametrize(
    ("below", "authors"),
    [
        ("<div>07/03/2026 08:06 <span>Nguyễn Thị Út</span></div>", ("Nguyễn Thị Út",)),
        ("<div>07/03/2026 08:06<br>Tác giả: Lam Khê</div>", ("Lam Khê",)),
        ("<div>07/03/2026 08:06</div><figure><img src=/a.jpg><figcaption>Nguyễn Thị Út</figcaption></figure>", ()),
        ("<div>07/03/2026 08:06 <span>Đồng Tháp</span></div>", ()),
    ],
)
def test_a_byline_below_the_headline_is_known_by_its_words(below: str, authors: tuple[str, ...]) -> None:
    assert tuple(read(f"{{title}}{below}{TEXT}").authors) == authors


@pytest.mark.parametrize(
    ("told", "printed"),
    [
        ("3/7/2026 8:06:11 AM", "07/03/2026 08:06"),
        ("07/03/2026 08:06:11 AM", "07/03/2026 08:06"),
        ("03/07/2026 08:06:11 AM", "07/03/2026 08:06"),
    ],
)
def test_figures_that_can_be_read_in_two_ways_are_read_as_the_page_prints_them(told: str, printed: str) -> None:
    head = f"<meta name='article:published_time' content='{told}'>"
    article = read(f"{{title}}<div>{printed}</div>{TEXT}", head)
    assert article.published_at.replace(second=0).isoformat() == OWN
    assert article.doubts == {}


def test_a_local_time_that_machines_are_told_as_of_greenwich_is_local() -> None:
    head = "<meta property='article:published_time' content='2026-03-07T08:06:00Z'>"
    assert read(f"{{title}}<div>07/03/2026 08:06</div>{TEXT}", head).published_at.isoformat() == OWN
    assert read(f"{{title}}{TEXT}", head).published_at - datetime.fromisoformat(OWN) == timedelta(hours=7)


@pytest.mark.parametrize(
    "name", ["article:published_time", "article:published:time", "Article-Published-Time", "DC.date.issued", "pubdate"]
)
def test_a_meta_element_is_heard_however_its_name_is_joined(name: str) -> None:
    assert read(f"{{title}}{TEXT}", f"<meta name='{name}' content='{OWN}'>").published_at.isoformat() == OWN


@pytest.mark.parametrize(
    "title", [f"<h2 class='t'>{TITLE}</h2>", f"<div itemprop='headline'>{TITLE}</div>", f"<p><b>{TITLE}</b></p>"]
)
def test_a_headline_is_one_that_says_the_title_whatever_its_element(title: str) -> None:
    head = f"<meta property='og:title' content='Báo Vàm Nhon - {TITLE}'>"
    article = read(
        f"<div><h1><img src=/logo.png alt=''></h1></div>{CLOCKS[2]}{{title}}{PRINTED[1]}{TEXT}", head, title=title
    )
    assert article.title == TITLE
    assert article.published_at.isoformat() == OWN


def test_a_headline_that_begins_like_a_papers_name_stays_whole() -> None:
    title = "Báo Vàm Nhon - nửa thế kỷ cùng bà con miệt vườn"
    assert read(f"{{title}}{PRINTED[0]}{TEXT}", title=f"<h1>{title}</h1>").title == title


@pytest.mark.parametrize(
    "printed",
    [
        "07/03/2026 08:06<br>",
        "<div><a href='/u/12'>Nguyễn Hoàng Phương Thảo Vy An</a><div>07/03/2026 08:06</div></div>",
        "<div class='meta-clock'><i class='fa fa-clock'></i> 07/03/2026 08:06</div>",
        "<p>07/03/2026 08:06 - 1.204 lượt xem - 3 bình luận</p>",
    ],
)
def test_a_time_below_the_headline_is_found_beside_names_and_signs(printed: str) -> None:
    assert read(f"{{title}}{printed}{TEXT}").published_at.isoformat() == OWN


@pytest.mark.parametrize(
    "other",
    [
        "<div>Giấy phép hoạt động báo điện tử số 37/GP, cấp ngày 04/03/2026 10:00</div>{title}{text}",
        "<div><b>Lịch cúp điện</b>: 05/03/2026 08:00 - 05/03/2026 17:00</div>{title}{text}",
        "<table><tr><td><a href='/gia'>Giá lúa</a><p>05/03/2026 10:10</p></td><td>{title}{text}</td></tr></table>",
        "{title}{first}<p>Sáng 5/3/2026, máy gặt xuống đồng.</p>{text}",
        "{title}<p>07:30 ngày 05/03/2026, máy gặt Vàm Nhon nổ máy.</p>{text}",
        "{title}<h2>05/03/2026 là ngày máy gặt xuống đồng</h2>{text}",
        "{title}<div class='nd'>{first}{second}<p><b>Út Mười</b> mừng lắm <span>05/03/2026 10:10</span></p>{third}</div>",
        "{title}<div class='nd'>{first}{second}<div>05/03/2026 10:10</div>{third}{first}</div>",
    ],
)
def test_a_time_in_a_sentence_a_span_of_time_or_another_column_is_not_the_articles(other: str) -> None:
    first, second, third = (f"<p>{part}" for part in TEXT.removesuffix("</div>").split("<p>")[1:])
    page = other.format(title="{title}", text=TEXT, first=first, second=second, third=third)
    with pytest.raises(NotAnArticle) as caught:
        read(page)
    assert set(caught.value.missing) == {"published_at"}


def test_a_named_time_ahead_of_the_headline_in_the_main_part_is_read_with_a_doubt() -> None:
    page = (
        "<main><div><div><div class='giua'><time class='luc'>08:06, 07/02/2026</time></div></div></div>"
        f"<div><div><div><div>{{title}}</div></div></div>{TEXT}</div></main>"
    )
    article = read(page)
    assert article.published_at.isoformat() == "2026-02-07T08:06:00+07:00"
    assert "published_at" in article.doubts
