"""Who signed: lines at the head of a text and at both ends, whole bylines in JSON-LD, agencies with their street, and
what stands in elements named for an author; with rules and without."""

# ruff: noqa: E501 - pages and sentences are not broken
from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from archive.article import Article
from crawler.declaration.layout import Layout
from crawler.extract import extract

TITLE = "Xóm chài dựng lại nhà sàn sau mùa lũ"
FIRST = "Ông Bảy Lụa, chủ ngôi nhà dựng xong đầu tiên, nói ván sàn cũ vẫn dùng được vì cả xóm đã chung tay vớt từng tấm ngay trong đêm nước rút."
SECOND = "Xưởng mộc của hợp tác xã cho mượn cưa và bào, thanh niên trong xã thay nhau đứng máy từ tờ mờ sáng, mỗi tuần xong được chừng hai nhà."
RIGHT = "<p style='text-align: right'><strong>{}</strong></p>"
RULES = Layout(title="h1", body="#content", byline="p[style*=right]")
ways = pytest.mark.parametrize("layouts", [(), (RULES,)], ids=["without rules", "by rules"])


def read(
    ahead: str = "",
    behind: str = "",
    author: str = "",
    amid: str = "",
    layouts: tuple[Layout, ...] = (),
    outside: str = "",
) -> Article:
    stated = {"@type": "NewsArticle", "headline": TITLE, "author": {"@type": "Person", "name": author}}
    head = f"<script type='application/ld+json'>{json.dumps(stated)}</script>" if author else ""
    page = f"<html lang=vi><head><meta property='og:title' content='{TITLE}'>{head}</head><body><h1>{TITLE}</h1><span class=date>07/03/2026 08:06</span>{outside}<div id=content>{ahead}<p>{FIRST}</p>{amid}<p>{SECOND}</p>{behind}</div></body></html>"
    return extract(
        page.encode(), "https://x.test/a-123456.html", {}, datetime(2026, 3, 8, tzinfo=UTC), layouts, newspaper="x"
    )


def words(article: Article) -> list[str]:
    return [block.text for block in article.body if block.type != "figure"]


@ways
@pytest.mark.parametrize("line", ["Tin và ảnh: Lê Thu", "LÊ THU", "Bài, ảnh: Lê Thu", "Lê Thu (thực hiện)"])
def test_a_line_ahead_of_the_text_signs_it(line: str, layouts: tuple[Layout, ...]) -> None:
    article = read(ahead=f"<p><b>{line}</b></p>", layouts=layouts)
    assert list(article.authors) == ["Lê Thu"]
    assert article.byline == line and words(article) == [FIRST, SECOND]


@ways
def test_a_byline_at_both_ends_stands_at_neither(layouts: tuple[Layout, ...]) -> None:
    article = read(ahead="<p><b>LÊ THU</b></p>", behind=RIGHT.format("LÊ THU"), layouts=layouts)
    assert tuple(article.authors) == ("Lê Thu",) and words(article) == [FIRST, SECOND]


@ways
@pytest.mark.parametrize("line", ["Xóm Lò Gạch", "Lê Thu kể chuyện nghề.", "Nhà sàn mới"])
def test_a_heading_ahead_of_the_text_stays(line: str, layouts: tuple[Layout, ...]) -> None:
    assert words(read(ahead=f"<p><b>{line}</b></p>", layouts=layouts))[0] == line


@pytest.mark.parametrize(
    ("said", "authors"),
    [
        ("Tin: Lê Thu - Ảnh: Mai Khôi", ["Lê Thu"]),
        ("Tin và ảnh: Lê Thu", ["Lê Thu"]),
        ("Lê Thu - Mai Khôi", ["Lê Thu", "Mai Khôi"]),
        ("TTXVN - Lý Thường Kiệt, Hà Nội", []),
        ("Tác giả", []),
        ("Daily Mail", []),
        ("The Guardian", []),
    ],
)
def test_authors_in_json_ld_may_be_a_whole_byline(said: str, authors: list[str]) -> None:
    assert list(read(author=said).authors) == authors


@pytest.mark.parametrize(
    "ahead",
    [
        "<div class='author-share'>Copy Link</div>",
        "<div class='author-name'>Chia sẻ</div>",
        "<p class=btn-author>Mai Khôi</p>",
    ],
)
def test_what_stands_in_an_element_named_for_authors_may_be_a_button(ahead: str) -> None:
    assert list(read(ahead=ahead, behind=RIGHT.format("Lê Thu")).authors) == ["Lê Thu"]


@ways
def test_a_picture_of_another_articles_teaser_is_not_the_articles(layouts: tuple[Layout, ...]) -> None:
    link = "/ben-do-222222.html"
    teaser = f"<div class=item><a href={link}><img src=/r.jpg></a><a href={link}>Bến đò cũ có thêm hai chuyến đò chiều</a></div>"
    own = "<p align=center><a href=/large/a.jpg><img src=/a.jpg></a></p>"
    assert [image.url for image in read(amid=own + teaser, layouts=layouts).images] == ["https://x.test/a.jpg"]


@ways
def test_a_stage_without_a_picture_whose_caption_is_the_headline_is_none(layouts: tuple[Layout, ...]) -> None:
    article = read(
        ahead=f"<figure><img class=lazy alt='{TITLE}'><figcaption>{TITLE}</figcaption></figure>", layouts=layouts
    )
    assert [block.type for block in article.body] == ["paragraph", "paragraph"]


PLAIN = "<p>{}</p>"
HEAD = Layout(title="h1", body="#content", byline=".author")
NO_BYLINE = Layout(title="h1", body="#content")
SOURCES = [
    ("(tổng hợp từ Tuổi Trẻ)", "Tuổi Trẻ"),
    ("(TTXVN/Vietnam+)", "TTXVN, Vietnam+"),
    ("(Theo Evening Courier)", "Evening Courier"),
    ("Theo Vườn Trẻ Cười", "Vườn Trẻ Cười"),
    ("(Nguồn: Vườn nhà & Bếp nhà)", "Vườn nhà & Bếp nhà"),
]


@pytest.mark.parametrize("layouts", [(), (RULES,), (NO_BYLINE,)], ids=["without rules", "rule", "no rule for it"])
@pytest.mark.parametrize("setting", [PLAIN, RIGHT])
@pytest.mark.parametrize(("line", "source"), SOURCES)
def test_a_last_line_that_says_where_the_text_is_from_leaves_it(
    line: str, source: str, setting: str, layouts: tuple[Layout, ...]
) -> None:
    article = read(behind=setting.format(line), layouts=layouts)
    assert words(article) == [FIRST, SECOND]
    assert (list(article.authors), article.source, article.byline) == ([], source, line)


@pytest.mark.parametrize("layouts", [(), (HEAD,)], ids=["without rules", "by rules"])
@pytest.mark.parametrize(("line", "source"), SOURCES)
def test_a_source_at_the_end_joins_the_byline_at_the_head(line: str, source: str, layouts: tuple[Layout, ...]) -> None:
    article = read(outside="<p class=author>Lê Thu</p>", behind=PLAIN.format(line), layouts=layouts)
    assert words(article) == [FIRST, SECOND]
    assert (list(article.authors), article.source) == (["Lê Thu"], source)
    assert article.byline == f"Lê Thu; {line}"


@pytest.mark.parametrize("line", ["Lê Thu", "LÊ THU/TTXVN", "Bài: Lê Thu"])
def test_a_name_that_the_head_gives_already_leaves_the_end(line: str) -> None:
    article = read(outside="<p class=author>Lê Thu</p>", behind=PLAIN.format(line), layouts=(HEAD,))
    assert words(article) == [FIRST, SECOND] and list(article.authors) == ["Lê Thu"]


def test_another_name_at_the_end_may_be_whom_the_text_quotes() -> None:
    article = read(outside="<p class=author>Lê Thu</p>", behind=PLAIN.format("Nguyễn An"), layouts=(HEAD,))
    assert words(article) == [FIRST, SECOND, "Nguyễn An"] and list(article.authors) == ["Lê Thu"]


@ways
@pytest.mark.parametrize("setting", [PLAIN, RIGHT])
@pytest.mark.parametrize("line", ["Lê An - Trần Bình<br>Ảnh: Hồ Cường", "LÊ AN, TRẦN BÌNH<br><em>Ảnh: HỒ CƯỜNG</em>"])
def test_a_byline_of_two_lines_leaves_the_text(line: str, setting: str, layouts: tuple[Layout, ...]) -> None:
    article = read(behind=setting.format(line), layouts=layouts)
    assert words(article) == [FIRST, SECOND] and list(article.authors) == ["Lê An", "Trần Bình"]
    assert [one.name for one in article.contributors if one.role == "photo"] == ["Hồ Cường"]


@pytest.mark.parametrize("layouts", [(), (RULES,), (NO_BYLINE,)], ids=["without rules", "rule", "no rule for it"])
@pytest.mark.parametrize(
    ("said", "authors", "source"),
    [
        ("TTXVN", [], "TTXVN"),
        ("Theo Evening Courier", [], "Evening Courier"),
        ("(Theo Phố Cổ)", [], "Phố Cổ"),
        ("Lê An - TTXVN", ["Lê An"], "TTXVN"),
        ("Theo Lê An/VnExpress", ["Lê An"], "VnExpress"),
        ("Báo Quê Mình", [], None),
    ],
)
def test_authors_in_json_ld_may_be_a_source(
    said: str, authors: list[str], source: str | None, layouts: tuple[Layout, ...]
) -> None:
    article = read(author=said, layouts=layouts)
    assert (list(article.authors), article.source) == (authors, source)


def test_a_source_at_the_end_goes_with_the_writer_in_json_ld() -> None:
    article = read(author="Lê An", behind=PLAIN.format("(Theo Evening Courier)"))
    assert (list(article.authors), article.source) == (["Lê An"], "Evening Courier")


ODD: list[tuple[str, list[str], list[str], str | None]] = [
    # line, authors, photographers, source
    ("Lê An - Trung tâm VH-TT huyện", ["Lê An"], [], None),
    ("Lê An (huyện Tam Bình)", ["Lê An"], [], None),
    ("LÊ VĂN AN<br>(Ấp 3, xã Tân Lộc)", ["Lê Văn An"], [], None),
    ("Lê An (P/v TTXVN tại Lào)", ["Lê An"], [], "TTXVN"),
    ("(Lê An)", ["Lê An"], [], None),
    ("Tr.H", ["Tr.H"], [], None),
    ("T.H (TH)", ["T.H"], [], None),
    ("Th.S Lê An", ["Lê An"], [], None),
    ("Ghi nhanh của LÊ AN", ["Lê An"], [], None),
    ("Lê An (ghi theo lời kể của ông Ba)", ["Lê An"], [], None),
    ("Lê An dịch (Theo Evening Courier)", ["Lê An"], [], "Evening Courier"),
    ("Nội dung: Lê An<br>Trình bày: Hồ Cường", ["Lê An"], [], None),
    ("Thực hiện: LÊ AN - Đồ họa: HỒ CƯỜNG", ["Lê An"], [], None),
    ("Chùm ảnh: Lê An", ["Lê An"], ["Lê An"], None),
    ("Video: Lê An", [], ["Lê An"], None),
    ("PV Thường trú", [], [], None),
    ("Nhóm PV Chính trị", [], [], None),
    ("Sưu tầm", [], [], None),
    ("Nguồn baosong.vn", [], [], "baosong.vn"),
    ("Theo https://baosong.vn", [], [], "baosong.vn"),
    ("Theo Vườn và Rừng", [], [], "Vườn và Rừng"),
    ("Tổng hợp từ Internet", [], [], "Internet"),
]


@pytest.mark.parametrize("layouts", [(), (NO_BYLINE,)], ids=["without rules", "no rule for it"])
@pytest.mark.parametrize("setting", [PLAIN, RIGHT])
@pytest.mark.parametrize(("line", "authors", "photographers", "source"), ODD)
def test_bylines_in_the_ways_of_provincial_papers(
    line: str, authors: list[str], photographers: list[str], source: str | None, setting: str,
    layouts: tuple[Layout, ...],
) -> None:  # fmt: skip
    article = read(behind=setting.format(line), layouts=layouts)
    assert words(article) == [FIRST, SECOND]
    assert (list(article.authors), article.source) == (authors, source)
    assert [one.name for one in article.contributors if one.role == "photo"] == photographers


@ways
@pytest.mark.parametrize(
    "line",
    [
        "Theo đó, các xã sẽ nhận đủ ván trước tháng sáu",
        "Theo Sở Xây dựng, trong tuần có bốn mươi nhà xong mái",
        "Theo kế hoạch, ngày mai xưởng mở cửa",
        "Tổng hợp từ các xã cho thấy nhà nào cũng đủ ván",
        "Nguồn: vốn của tỉnh và góp công của dân",
        "Biên tập: ban đầu chỉ có hai người",
        "Video: Cảnh dựng nhà ở xóm chài",
        "Xã Tân Lộc, huyện Tam Bình",
    ],
)
def test_a_last_line_of_other_words_stays(line: str, layouts: tuple[Layout, ...]) -> None:
    article = read(behind=PLAIN.format(line), layouts=layouts)
    assert words(article)[:3] == [FIRST, SECOND, line]
    assert not article.authors and article.source is None


@pytest.mark.parametrize(
    "place", ["<p class=author>{}</p>", "<div class=m><span>{}</span></div>", "<p>{} - 07/03/2026 08:06</p>"]
)
@pytest.mark.parametrize(
    ("line", "authors", "source"),
    [
        ("Lê An/Báo Sông", ["Lê An"], "Báo Sông"),
        ("Lê An (TTXVN)", ["Lê An"], "TTXVN"),
        ("Lê An - Vietnam+", ["Lê An"], "Vietnam+"),
        ("Tác giả: Lê An (Theo Evening Courier)", ["Lê An"], "Evening Courier"),
        ("Theo Evening Courier", [], "Evening Courier"),
        ("TTXVN", [], "TTXVN"),
        ("Theo PV (TTXVN/Vietnam+)", [], "TTXVN, Vietnam+"),
        ("Nguồn: Vườn Nhà", [], "Vườn Nhà"),
    ],
)
def test_a_source_ahead_of_the_text_is_not_lost(line: str, authors: list[str], source: str, place: str) -> None:
    article = read(outside=place.format(line))
    assert (list(article.authors), article.source, article.byline) == (authors, source, line)
    assert words(article) == [FIRST, SECOND]


@pytest.mark.parametrize("layouts", [(), (NO_BYLINE,)], ids=["without rules", "no rule for it"])
@pytest.mark.parametrize("line", ["Hết", "(Hết)", "Còn nữa", "HẾT KỲ", "Theo lời kể bên bếp", "Mùa này nước lớn"])
def test_a_line_set_to_the_right_that_is_no_name_signs_nothing(line: str, layouts: tuple[Layout, ...]) -> None:
    assert not read(behind=RIGHT.format(line), layouts=layouts).authors


@pytest.mark.parametrize("layouts", [(), (NO_BYLINE,)], ids=["without rules", "no rule for it"])
@pytest.mark.parametrize("line", ["Thôn nữ", "Sông Lam", "Lê Thu và Mai Khôi", "AN HÀ"])
def test_a_pen_name_set_to_the_right_signs_the_text(line: str, layouts: tuple[Layout, ...]) -> None:
    article = read(behind=RIGHT.format(line), layouts=layouts)
    assert words(article) == [FIRST, SECOND] and article.byline == line


def test_a_foreign_paper_in_json_ld_is_where_the_text_is_from() -> None:
    article = read(author="Daily Mail")
    assert (list(article.authors), article.source) == ([], "Daily Mail")


LINKED = {
    "Nguồn: <a href='http://baochoco.example/'>baochoco.vn</a>": "baochoco.vn",
    "<a href='https://baochoco.example/tin/123.html'>Theo Báo Chợ Cỏ</a>": "Báo Chợ Cỏ",
    "(Nguồn: <a href='https://baochoco.example'>TTXVN</a>)": "TTXVN",
}


@pytest.mark.parametrize("line", LINKED)
def test_a_source_that_is_linked_to_signs_as_well(line: str) -> None:
    article = read(behind=f"<p>{line}</p>")
    assert article.source == LINKED[line]
    assert words(article) == [FIRST, SECOND]


@pytest.mark.parametrize("label", ["Nguồn: ", "Link bài viết: ", ""])
@ways
def test_the_own_address_of_a_page_for_printing_is_no_text(label: str, layouts: tuple[Layout, ...]) -> None:
    for path, is_own in (("/in/a-123456.html", True), ("/b-654321.html", False)):
        article = read(behind=f"<p>{label}https://x.test{path}</p>", layouts=layouts)
        assert words(article) == [FIRST, SECOND, *([] if is_own else [f"{label}https://x.test{path}"])]
