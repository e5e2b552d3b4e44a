"""Whole pages with the traps that real ones set; the markup is imitated, every word is our own."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime

import attrs
import pytest

from archive.article import Article
from archive.doubts import doubt_words
from archive.errors import NotAnArticle
from archive.reasons import reason_words
from crawler.declaration.layout import Layout, choose
from crawler.extract import extract

URL = "https://baothu.test/lam-ghe-a12.html"
CAPTURED = datetime(2026, 1, 9, 3, 0, tzinfo=UTC)
LAYOUT = Layout(
    title="h1.tit",
    kicker=".nhan",
    section=".top h1 a",
    published_at=".date",
    modified_at=".update",
    body=".body",
    lead_opens_body=True,
    byline="p[align=right]",
    tags=".tags a",
)
PAGE = """<html><head><base href="/static/mau/"><link rel="canonical" href="https://baothu.test/lam-ghe-a12.html">
<meta name="author" content="Báo Thử"></head><body>
<div class="top"><h1><a href="/kt/">KINH TẾ</a> &gt; <a href="/kt/lang/">Làng nghề</a></h1></div>
<p class="nhan">Nghề xưa</p>
<span class="date">08/01/2026 - 18:21</span>
<h1 class="tit">Thợ ghe cuối rạch Cái Sơn&nbsp;<span class="ico"></span></h1>
<div class="body"><p>(BT) - Ba đời ở rạch này sống bằng nghề đóng ghe.</p><p>Nay còn hai trại giữ lửa.</p>
<p><img src="/anh/ghe.jpg"></p><p align="center"><em>Trại ghe ngày nay. Ảnh: X.T</em></p>
<p align="right"><b>Tin, ảnh: P.Y</b></p></div>
<div class="tags"><a>đóng ghe</a><a>làng nghề</a><a>đóng ghe</a></div>
<form>Ý kiến của bạn</form></body></html>"""


def read(page: str | bytes, *layouts: Layout, section: str | None = "Kinh tế", newspaper: str = "baothu") -> Article:
    body = page.encode() if isinstance(page, str) else page
    return extract(body, URL, {}, CAPTURED, layouts, newspaper=newspaper, article_id="12", section=section)


def test_a_kicker_that_only_names_the_section_is_none() -> None:
    article = read(PAGE.replace("Nghề xưa", "Kinh tế"), LAYOUT)
    assert article.kicker is None and article.section == "Kinh tế"
    assert worded(article.missing)["kicker"] == "'Kinh tế' only names the section"


def test_the_section_is_taken_from_the_metadata_where_no_rule_finds_it() -> None:
    named = PAGE.replace("<base", '<meta property="article:section" content="Làng nghề"><base')
    article = read(named.replace("<h1><a", "<h2><a"), LAYOUT, section=None)
    assert article.section == "Làng nghề" and "section" not in article.missing


def test_every_field_of_a_page() -> None:
    article = read(PAGE, LAYOUT)
    assert article.id == "baothu:12"
    assert article.title == "Thợ ghe cuối rạch Cái Sơn"
    assert article.kicker == "Nghề xưa"
    assert article.section == "Kinh tế"
    assert article.canonical_url == URL
    assert article.lead == "(BT) - Ba đời ở rạch này sống bằng nghề đóng ghe."
    assert article.body[0].text == article.lead
    assert [block.type for block in article.body] == ["paragraph", "paragraph", "figure"]
    assert article.authors == ("P.Y",)
    assert article.byline == "Tin, ảnh: P.Y"
    assert article.published_at.isoformat() == "2026-01-08T18:21:00+07:00"
    assert article.captured_at == CAPTURED
    assert article.images[0].url == "https://baothu.test/anh/ghe.jpg"
    assert article.images[0].credit == "X.T"
    assert article.tags == ("đóng ghe", "làng nghề")
    assert article.missing == {"modified_at": "no_element .update"}
    assert worded(article.missing) == {"modified_at": "no element matches .update"}
    assert article.capture is None


def worded(missing: Mapping[str, str]) -> dict[str, str]:
    return {field: reason_words(reason) for field, reason in missing.items()}


def test_a_decomposed_page_gives_the_same_article() -> None:
    assert read(unicodedata.normalize("NFD", PAGE), LAYOUT).content_hash == read(PAGE, LAYOUT).content_hash


@pytest.mark.parametrize(
    ("was", "becomes", "field", "reason"),
    [
        ('class="tit"', "", "title", "no element matches h1.tit"),
        ("08/01/2026 - 18:21", "hôm qua", "published_at", "'hôm qua' is no time"),
        ('class="date"', "", "published_at", "no element matches .date"),
    ],
)
def test_a_required_field_that_is_missing_is_named_with_its_reason(
    was: str, becomes: str, field: str, reason: str
) -> None:
    with pytest.raises(NotAnArticle) as caught:
        read(PAGE.replace(was, becomes), LAYOUT)
    assert worded(caught.value.missing) == {field: reason}
    assert caught.value.url == URL


def test_a_body_that_no_rule_finds_is_read_without_rules_and_doubted() -> None:
    article = read(PAGE.replace('class="body"', ""), LAYOUT)
    assert [block.text for block in article.body][:2] == [
        "(BT) - Ba đời ở rạch này sống bằng nghề đóng ghe.",
        "Nay còn hai trại giữ lửa.",
    ]
    assert "no rule found it" in doubt_words(article.doubts["body"]) and article.confidence["body"] < 0.8
    with pytest.raises(NotAnArticle) as caught:
        read('<h1 class="tit">A</h1><i class="date">08/01/2026 10:00</i><p>Ngắn.</p>', LAYOUT)
    assert worded(caught.value.missing) == {"body": "no element matches .body"}


def test_an_empty_body_is_named() -> None:
    with pytest.raises(NotAnArticle, match=r"body: \.body holds no text"):
        read('<h1 class="tit">A</h1><i class="date">08/01/2026 10:00</i><div class="body"><p> </p></div>', LAYOUT)


def test_other_fields_that_are_missing_are_null_with_reasons() -> None:
    article = read(
        '<h1 class="tit">A</h1><i class="date">08/01/2026</i><div class="body"><p>Một.</p></div>', LAYOUT, section=None
    )
    assert article.published_at.isoformat() == "2026-01-08T00:00:00+07:00"
    assert article.authors == () and article.byline is None and article.section is None
    assert worded(article.missing) == {
        "authors": "no byline",
        "byline": "no element matches p[align=right]",
        "canonical_url": "no link rel=canonical and no og:url",
        "kicker": "no element matches .nhan",
        "modified_at": "no element matches .update",
        "published_at": "only the day is given: '08/01/2026'",
        "section": "no element matches .top h1 a",
        "tags": "no element matches .tags a",
    }


def test_the_section_on_the_page_wins_but_takes_the_declared_spelling() -> None:
    assert read(PAGE, LAYOUT, section="Kinh tế").section == "Kinh tế"
    assert read(PAGE, LAYOUT, section="Thời sự").section == "KINH TẾ"
    assert read(PAGE, attrs.evolve(LAYOUT, section=None), section="Thời sự").section == "Thời sự"
    declared = ("Thời sự", "Kinh tế")
    article = extract(
        PAGE.encode(), URL, {}, CAPTURED, (LAYOUT,), newspaper="baothu", section="Thời sự", sections=declared
    )
    assert article.section == "Kinh tế"


def test_a_sapo_of_its_own_is_not_in_the_body() -> None:
    page = PAGE.replace('<div class="body">', '<div class="body"><p class="sapo">Chuyện ba trại ghe.</p>')
    article = read(page, attrs.evolve(LAYOUT, lead=".body .sapo", lead_opens_body=False))
    assert article.lead == "Chuyện ba trại ghe."
    assert all(block.text != article.lead for block in article.body)


def test_a_byline_behind_the_body_is_read() -> None:
    page = PAGE.replace("Tin, ảnh: P.Y", "").replace(
        "</form>", "</form><div class=t1><span class=t2>LÊ HÀ</span></div>"
    )
    article = read(page, attrs.evolve(LAYOUT, byline="div.t1 > span.t2"))
    assert (article.byline, article.authors) == ("LÊ HÀ", ("Lê Hà",))


def test_the_newspaper_is_never_an_author() -> None:
    article = read(PAGE.replace("Tin, ảnh: P.Y", "Báo Thử"), LAYOUT)
    assert article.authors == () and article.source is None
    assert worded(article.missing)["authors"] == "'Báo Thử' names no author"


def test_layouts_are_chosen_by_the_time_of_capture() -> None:
    old = attrs.evolve(LAYOUT, title="h2", valid_until=date(2020, 12, 31))
    new = attrs.evolve(LAYOUT, valid_from=date(2021, 1, 1))
    newest = attrs.evolve(LAYOUT, title="h3", valid_from=date(2025, 6, 1))
    layouts = (old, new, newest)
    assert choose(layouts, datetime(2019, 1, 1, tzinfo=UTC)) == (old,)
    assert choose(layouts, CAPTURED) == (newest, new)
    assert read(PAGE, *layouts).title == "Thợ ghe cuối rạch Cái Sơn"
    with pytest.raises(NotAnArticle, match="no layout is declared for captures of 2026-01-09"):
        read(PAGE, old)


def test_a_body_that_a_script_injects_is_read() -> None:
    script = (
        r"""<script>var outputData = "<p>M\u1ed9t \"tr\u1ea1i\" ghe.<\/p>\n<p>Hai.<\/p>"; show(outputData);</script>"""
    )
    page = f'<h1 class="tit">A</h1><i class="date">08/01/2026 10:00</i><div class="body"></div>{script}'
    article = read(page, attrs.evolve(LAYOUT, body_script=r'outputData\s*=\s*"((?:[^"\\]|\\.)*)"'))
    assert [block.text for block in article.body] == ['Một "trại" ghe.', "Hai."]


GENERIC_PAGE = """<html><head><title>Thợ ghe cuối rạch - Báo Thử</title>
<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle",
"headline": "Th&amp;#7907; ghe cu&amp;#7889;i r&amp;#7841;ch", "datePublished": "2026-01-08T18:21:00 +07:00",
"author": {"@type": "Organization", "name": "Báo Thử"}}]}</script></head><body><h1>KINH TẾ</h1>%s
<nav><p>Trang chủ của chúng tôi có nhiều mục cho bạn đọc chọn lựa mỗi ngày</p></nav>
<div><p>Ba đời ở rạch này sống bằng nghề đóng ghe, nay còn hai trại.</p>
<p>Mùa nước nổi năm rồi, mỗi trại hạ thủy được hơn chục chiếc ghe nhỏ.</p>
<p align="right">LÊ HÀ</p></div></body></html>"""


def test_a_paper_without_a_layout_is_read_modestly() -> None:
    article = read(GENERIC_PAGE % "<h1>Thợ ghe cuối rạch</h1>")
    assert article.title == "Thợ ghe cuối rạch"
    assert article.published_at.isoformat() == "2026-01-08T18:21:00+07:00"
    assert article.authors == ("Lê Hà",)
    assert [block.text[:6] for block in article.body] == ["Ba đời", "Mùa nư"]
    assert worded(article.missing)["kicker"] == "not found without a layout"


def test_without_an_h1_the_doubly_escaped_headline_is_unescaped() -> None:
    page = (GENERIC_PAGE % "").replace("<title>Thợ ghe cuối rạch - Báo Thử</title>", "").replace("<h1>KINH TẾ</h1>", "")
    assert read(page).title == "Thợ ghe cuối rạch"


def test_without_a_byline_the_newspaper_in_json_ld_is_no_author() -> None:
    article = read((GENERIC_PAGE % "<h1>Thợ ghe cuối rạch</h1>").replace("LÊ HÀ", ""))
    assert article.authors == ()
