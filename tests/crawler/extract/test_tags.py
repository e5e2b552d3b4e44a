"""Tags of pages without rules: what the page prints, and none of the site's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.declaration.layout import Rules
from crawler.extract.page import open_page
from crawler.extract.results import read_any

URL = "https://baothu.test/nuoc-len-a12.html"
TEXT = "Sáng nay nước lên tới bờ kênh xáng, bà con ấp Mỹ Thạnh dời lồng cá vào trong trước giờ nước lớn."
PAGE = """<html><head>{head}</head><body><nav class="menu-tags"><a href="/a">Thời sự</a></nav>
<div class="hot-tags"><a href="/t/bao-so-9">Bão số 9</a></div>
<h1>Nước lên ở ấp Mỹ Thạnh</h1><div class="text"><p>{text}</p><p>{text} Cá không thất.</p></div>{behind}</body>"""
SITE = '<meta name="keywords" content="tin nhanh, rao vặt, báo điện tử, mùa nước nổi">'


def tags(behind: str = "", head: str = "") -> list[str]:
    page = PAGE.format(head=head, text=TEXT, behind=behind).encode()
    found = read_any(open_page(page, URL, {}), datetime(2026, 10, 2, tzinfo=UTC), Rules(newspaper="baothu"))
    return [*found.fields.tags]


@pytest.mark.parametrize(
    "behind",
    [
        '<div class="block_tag"><a href="/t/1">nước lên</a> <a href="/t/2">lồng cá</a></div>',
        '<div class="lst-tags"><i class="fa-tags"></i><div><a href=/1>nước lên</a><a href=/2>lồng cá</a></div></div>',
        '<div class="c-widget-tags"><ul><li><h4><a href=/1>nước lên</a></h4><li><h4><a href=/2>lồng cá</a></ul></div>',
        '<p class="tukhoa">Từ khóa: <a href="/1">#nước lên</a>, <a href="/2">#lồng cá</a></p>',
        '<div class="x"><a rel="tag" href="/1">nước lên</a><a rel="tag" href="/2">lồng cá</a></div>',
        '<div class="x1">Từ khóa: <a href="/tim-kiem/?q=1">nước lên</a> <a href="/tim-kiem/?q=2">lồng cá</a></div>',
        '<ul><li><a href="/nuoc-len-ptag.html">nước lên</a></li><li><a href="/long-ca-ptag.html">lồng cá</a></li></ul>',
        '<div itemprop="keywords"><a href="/1">nước lên</a><a href="/2">lồng cá</a></div>',
    ],
)
def test_printed_tags_go_before_the_keywords(behind: str) -> None:
    head = '<meta name="news_keywords" content="nước lên, lồng cá, ấp Mỹ Thạnh">'
    assert tags(behind, head) == ["nước lên", "lồng cá"]


def test_keywords_stand_in_where_the_text_has_them() -> None:
    assert tags(head='<meta name="keywords" content="nước lên, lồng cá, mùa nước nổi">') == [
        "nước lên", "lồng cá", "mùa nước nổi",
    ]  # fmt: skip


def test_keywords_of_the_whole_site_are_no_tags() -> None:
    assert tags(head=SITE) == []


def test_the_keywords_of_the_article_in_json_ld_need_not_stand_in_the_text() -> None:
    said = '{"@type": "NewsArticle", "headline": "Nước lên ở ấp Mỹ Thạnh", "keywords": ["thời tiết"]}'
    assert tags(head=f'{SITE}<script type="application/ld+json">{said}</script>') == ["thời tiết"]


@pytest.mark.parametrize(
    "behind",
    [
        "".join(
            f'<div><b class="tag"><a href="/s">Đời sống</a></b><h3><a href="/{n}">Bến đò số {n}</a></h3></div>'
            for n in range(4)
        ),
        '<aside><div class="tags"><a href="/t/1">đường ven biển</a></div></aside>',
        '<footer><div class="tag-list"><a href="/t/1">đường ven biển</a></div></footer>',
        '<div class="tag-cloud"><a href="/t/1">đường ven biển</a></div>',
        '<div class="tag-news"><a href="/1"><img src="/1.jpg">Ghe lúa về bến Cái Côn</a></div>',
        '<div class="tags"></div>',
    ],
)
def test_what_others_are_tagged_with_is_left_out(behind: str) -> None:
    assert tags(behind) == []
