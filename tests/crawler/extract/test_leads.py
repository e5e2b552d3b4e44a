"""Leads (sapo): on pages without rules, and the first paragraph that is one only where the page says so."""

# ruff: noqa: E501 - pages and sentences are not broken
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.article import Article
from crawler.declaration.layout import Layout
from crawler.extract import extract

TITLE = "Xóm chài dựng lại nhà sàn sau mùa lũ"
LEAD = "Ba mươi nóc nhà bên đầm Ô Loan được dựng lại trên cột bê tông cao hơn đỉnh lũ năm ngoái nửa thước, kịp trước mùa gió chướng."
FIRST = "Ông Bảy Lụa, chủ ngôi nhà dựng xong đầu tiên, nói ván sàn cũ vẫn dùng được vì cả xóm đã chung tay vớt từng tấm ngay trong đêm nước rút."
SECOND = "Xưởng mộc của hợp tác xã cho mượn cưa và bào, thanh niên trong xã thay nhau đứng máy từ tờ mờ sáng, mỗi tuần xong được chừng hai nhà."
THIRD = "Phần còn lại của xóm sẽ xong trước tháng chạp, nếu ghe chở cột không phải nằm chờ con nước ở cửa đầm như hồi đầu tháng này."


def read(shown: str, *, head: str = "", layouts: tuple[Layout, ...] = (), tail: str = "") -> Article:
    page = f"<html lang=vi><head><meta property='og:title' content='{TITLE}'>{head}</head><body>{shown}{tail}</body></html>"
    return extract(
        page.encode(), "https://x.test/a-123456.html", {}, datetime(2026, 3, 8, 9, tzinfo=UTC), layouts, newspaper="x"
    )


def words(article: Article) -> list[str]:
    return [block.text for block in article.body if block.type != "figure"]


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


TIME = "<span class='date'>07/03/2026 08:06</span>"


@pytest.mark.parametrize("name", ["block-sc-sapo", "detail-sapo", "article__sapo", "chappeau", "post-desc", "tom-tat"])
def test_an_element_of_that_name_within_the_body_is_the_lead(name: str) -> None:
    inside = f"<div class=entry><span class=cate>Đời sống</span><h1>{TITLE}</h1>{TIME}<p class={name}>{LEAD}</p>{paragraphs(FIRST, SECOND, THIRD)}</div>"
    article = read(inside)
    assert article.lead == LEAD
    assert words(article) == [FIRST, SECOND, THIRD]  # the section's name above the headline is no text


def test_a_first_paragraph_of_no_such_name_is_text() -> None:
    article = read(f"<h1>{TITLE}</h1>{TIME}<div class=content>{paragraphs(LEAD, FIRST, SECOND)}</div>")
    assert article.lead is None and words(article) == [LEAD, FIRST, SECOND]


def test_a_container_named_for_a_lead_that_holds_all_is_no_lead() -> None:
    article = read(f"<h1>{TITLE}</h1>{TIME}<div class=description>{paragraphs(LEAD, FIRST, SECOND)}</div>")
    assert article.lead is None and words(article) == [LEAD, FIRST, SECOND]


def test_a_lead_printed_again_as_first_paragraph_stands_once() -> None:
    outside = f"<div class=col-3><p class=reply>{LEAD}</p></div>"
    article = read(
        f"<h1>{TITLE}</h1>{TIME}{outside}<div class=content><p><b>{LEAD}</b></p>{paragraphs(FIRST, SECOND)}</div>"
    )
    assert article.lead == LEAD and words(article) == [FIRST, SECOND]


def test_a_teaser_cut_from_the_text_ahead_of_the_lead_goes() -> None:
    cut = f"{LEAD} Cột cao hơn lũ {FIRST}"[:180]
    inside = f"<div class=sapo>{cut}</div><p class=sapo>{LEAD}</p><p><strong>Cột cao hơn lũ</strong></p>{paragraphs(FIRST, SECOND, THIRD)}"
    article = read(f"<h1>{TITLE}</h1>{TIME}<div id=content>{inside}</div>")
    assert article.lead == LEAD and words(article) == ["Cột cao hơn lũ", FIRST, SECOND, THIRD]


def test_the_lead_of_a_video_page_is_all_its_text() -> None:
    article = read(
        f"<article><h1>{TITLE}</h1>{TIME}<div class=chappeau><p>{LEAD}</p></div><iframe src='https://www.youtube.com/embed/x1'></iframe></article>"
    )
    assert article.lead == LEAD and words(article) == [LEAD]


OPENS = Layout(title="h1", body="#content", lead="#content p[style]", lead_opens_body=True)


def test_by_rules_the_first_paragraph_is_the_lead_where_the_selector_finds_it() -> None:
    new = f"<h1>{TITLE}</h1>{TIME}<div id=content><p style='text-align: justify'>{LEAD}</p>{paragraphs(FIRST)}</div>"
    old = f"<h1>{TITLE}</h1>{TIME}<div id=content><p align=justify>{LEAD}</p><p>{FIRST}</p><p style='color: red'>{SECOND}</p></div>"
    article = read(new, layouts=(OPENS,))
    assert article.lead == LEAD and words(article) == [LEAD, FIRST]
    article = read(old, layouts=(OPENS,))
    assert article.lead is None and article.missing["lead"] == "no_element #content p[style]"


def test_the_time_in_the_head_of_the_articles_own_section_is_its_time() -> None:
    """Far above the headline, and in the same form as those of the related articles."""
    related = "".join(
        f"<div class=item><div class=when><time class=time>{day}/03/2026 10:00</time></div><h3><a href=/b{day}>Bến đò cũ có thêm hai chuyến đò chiều</a></h3></div>"
        for day in ("04", "05")
    )
    head = "<div class=detail-header><div class=groups><div class=when><time class=time>05/03/2026 08:06</time></div></div></div>"
    main = f"<div><div><div><div><div><h1>{TITLE}</h1></div></div></div></div><div id=content>{paragraphs(FIRST, SECOND)}</div></div>"
    article = read(f"<section><div class=container>{head}{main}</div></section><section>{related}</section>")
    assert article.published_at is not None and article.published_at.isoformat() == "2026-03-05T08:06:00+07:00"
