"""The vote: what machines are told bears out what is shown, never the other way round; sites are no authors."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from archive.article import Article
from archive.doubts import doubt_words
from crawler.declaration.layout import Layout
from crawler.extract import extract
from crawler.extract.bylines.people import read_people
from crawler.extract.dates.parsing import read_time
from crawler.extract.sources.evidence import without_site
from crawler.extract.vote import LOW, Candidate, FeedEntry, choose

CAPTURED = datetime(2026, 3, 8, tzinfo=UTC)
WORDS = "Sáng nay bến đò đông hơn mọi ngày, ai cũng muốn qua sông trước khi nước lớn và gió chướng nổi lên từ cửa biển."
RULES = Layout(title=".tit", published_at=".gio", body=".noidung", byline=".ten")


def page(head: str = "", shown: str = "<h1>Bến đò ngày nước lớn</h1>", end: str = "", **linked: Any) -> bytes:
    node = {"@type": "NewsArticle", "datePublished": "2026-03-07T08:06:00+07:00", **linked}
    script = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    return (
        f'<html lang="vi"><head>{head}{script}</head><body>{shown}'
        f"<div class='noidung'><p>{WORDS}</p><p>{WORDS[::-1]}</p>{end}</div></body></html>"
    ).encode()


def read(
    body: bytes, *layouts: Layout, url: str = "https://baothu.vn/a1.html", feed: FeedEntry | None = None
) -> Article:
    return extract(body, url, {}, CAPTURED, layouts, newspaper="baothu", feed=feed)


def test_readers_headline_goes_before_the_one_for_search_engines() -> None:
    head = "<meta property='og:title' content='Bến đò mùa nước lớn'><title>Bến đò mùa nước lớn - Báo Thử</title>"
    article = read(page(head, headline="Bến đò mùa nước lớn"))
    assert article.title == "Bến đò ngày nước lớn"
    assert article.confidence["title"] < LOW and "otherwise json-ld, meta" in doubt_words(article.doubts["title"])


def test_of_two_h1_the_one_that_machines_know_is_no_kicker() -> None:
    shown = "<h1>THỜI SỰ &gt; Cần Thơ</h1><h1>Bến đò ngày nước lớn</h1>"
    assert (
        read(page("<meta property='og:title' content='Bến đò ngày nước lớn'>", shown)).title == "Bến đò ngày nước lớn"
    )


def test_without_h1_the_sites_name_is_cut_off() -> None:
    head = (
        "<meta property='og:site_name' content='Báo Thử Online'><title>Bến đò - ngày nước lớn | Báo Thử Online</title>"
    )
    assert read(page(head, shown="")).title == "Bến đò - ngày nước lớn"
    assert without_site("Bến đò: Ngày nước lớn", {"baothu"}, set()) == "Bến đò: Ngày nước lớn"


@pytest.mark.parametrize(
    "author",
    [
        "",
        "Báo Thử",
        "baothu.vn",
        "BAO THU ONLINE",
        "admin",
        "Ban Biên tập",
        {"@type": "Organization", "name": "Toà soạn"},
    ],
)
def test_sites_offices_and_accounts_are_no_authors(author: Any) -> None:
    head = "<meta property='og:site_name' content='Báo Thử'><meta name='author' content='Báo Thử'>"
    linked = {"author": {"@type": "Person", "name": author} if isinstance(author, str) else author}
    assert read(page(head, **linked)).authors == ()
    assert read(page(head, end="<p style='text-align: right'>MINH CHIẾN</p>", **linked)).authors == ("Minh Chiến",)


def test_authors_escaped_in_json_ld_are_names() -> None:
    people = [{"@type": "Person", "name": "NH&#7852;T XUÂN"}, {"@type": "Person", "name": "NGHI VŨ"}]
    assert read(page(author=people)).authors == ("Nhật Xuân", "Nghi Vũ")


def test_a_rule_outweighs_everyone_and_they_bear_it_out() -> None:
    shown = "<h1 class='tit'>Bến đò ngày nước lớn</h1><i class='gio'>07/03/2026 08:06</i><b class='ten'>LÊ HÀ</b>"
    sure = read(page(shown=shown, headline="Bến đò ngày nước lớn"), RULES)
    assert sure.confidence["title"] == 0.99 and sure.authors == ("Lê Hà",) and not sure.doubts
    head = "<meta property='og:title' content='Chuyện khác'>"
    odd = read(page(head, shown, headline="Chuyện khác", author="Minh Chiến"), RULES)
    assert odd.title == "Bến đò ngày nước lớn" and odd.authors == ("Lê Hà",)
    assert LOW < odd.confidence["title"] < sure.confidence["title"]


def test_where_a_rule_finds_nothing_the_others_stand_in() -> None:
    article = read(page(headline="Bến đò ngày nước lớn", author={"@type": "Person", "name": "Lê Hà"}), RULES)
    assert article.title == "Bến đò ngày nước lớn" and article.authors == ("Lê Hà",)
    assert article.published_at.isoformat() == "2026-03-07T08:06:00+07:00"
    assert "title" not in article.missing and article.missing["byline"]


def test_an_agency_alone_is_the_source_and_nobody_is_made_its_author() -> None:
    shown = "<h1 class='tit'>A b</h1><i class='gio'>07/03/2026 08:06</i><b class='ten'>(Theo TTXVN)</b>"
    article = read(page(shown=shown, author={"@type": "Person", "name": "Lê Hà"}), RULES)
    assert article.source == "TTXVN" and article.authors == ()


def test_times_agree_to_the_minute_and_a_day_supports_its_instants() -> None:
    def told(source: Any, text: str) -> Candidate:
        when = read_time(text, "Asia/Ho_Chi_Minh")
        assert when is not None
        return Candidate("published_at", when, source, "", text)

    vote = choose(
        [told("json-ld", "2026-03-07"), told("meta", "2026-03-07T08:06:31+07:00"), told("visible", "07/03/2026 08:06")]
    )
    assert vote.value.at.isoformat() == "2026-03-07T08:06:31+07:00"
    assert (vote.agreeing, vote.against) == (3, 0)
    naive = choose([told("json-ld", "2026-03-07 20:59:59"), told("meta", "2026-03-07T20:59:59+07:00")])
    assert naive.value.has_offset


def test_tomorrow_is_not_believed_and_the_address_is_heard() -> None:
    head = "<meta property='article:published_time' content='2027-01-01T00:00:00+07:00'>"
    assert read(page(head)).published_at.year == 2026
    article = read(page(datePublished="2026-03-07T08:06:00+07:00"), url="https://baothu.vn/2025/12/01/ben-do.html")
    assert article.doubts["published_at"] == "other_day day=2025-12-01"


def test_a_day_is_a_day_and_its_text_is_kept() -> None:
    article = read(page(shown="<h1>A b</h1><span class='date'>07/03/2026</span>", datePublished=""))
    assert (article.published_precision, article.published_text) == ("day", "07/03/2026")


def test_a_feed_has_a_voice() -> None:
    entry = FeedEntry(title="Bến đò ngày nước lớn", published_at="Sat, 07 Mar 2026 08:06:00 +0700")
    article = read(page(shown="", datePublished=""), feed=entry)
    assert article.title == "Bến đò ngày nước lớn" and article.published_at.isoformat().startswith("2026-03-07")


@pytest.mark.parametrize(
    ("said", "persons", "agencies"),
    [
        ("By Anna Berg and Carl-Johan Lind", ("Anna Berg", "Carl-Johan Lind"), ()),
        ("Von Anna Berg, Hamburg", ("Anna Berg",), ()),
        ("Anna Berg (abe), dpa", ("Anna Berg",), ("dpa",)),
        ("https://example.org/anna", (), ()),
        ("web editor", (), ()),
        ("anna.berg@example.org", (), ()),
        ("Published 3 March 2026", (), ()),
    ],
)
def test_people_out_of_what_machines_are_told(said: str, persons: tuple[str, ...], agencies: tuple[str, ...]) -> None:
    found = read_people([said])
    assert (found.persons, found.agencies) == (persons, agencies)
