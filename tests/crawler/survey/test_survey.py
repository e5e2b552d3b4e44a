"""What pages show of their site: article addresses, sections, paging, feeds; on markup of our own."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest

from archive.identity import article_id
from crawler.declaration.layout import Rules, Section
from crawler.extract import FeedEntry, open_page
from crawler.survey.addresses import articles_among, edited_articles, own_pattern, shape_of
from crawler.survey.feeds import read_addresses
from crawler.survey.page import Link, PageSurvey, survey_page
from crawler.survey.sections import next_page, paging_of, sections_of

HTML = {"Content-Type": "text/html; charset=utf-8"}
RULES = Rules(newspaper="thu")
HEADLINE = "Bà con xã ven biển giữ rừng qua mùa gió chướng"


def page(body: str, url: str = "http://bao.test/") -> PageSurvey:
    return survey_page(open_page(body.encode(), url, HTML), RULES)


def headlines(*paths: str) -> list[Link]:
    return [Link(f"http://bao.test{path}", HEADLINE) for path in paths]


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/giu-rung-a196670.html", "196670"),
        ("/giu-rung-post395403.html", "395403"),
        ("/moi-truong/giu-rung-990123.html", "990123"),
        ("/giu-rung-102260228093004191.htm", "102260228093004191"),
        ("/moi-truong/202509/giu-rung-a3f9c21/", "a3f9c21"),
        ("/moi-truong/202509/giu-rung/", "202509/giu-rung"),
        ("/2025/09/17/giu-rung", "2025/09/17/giu-rung"),
        ("/doc/giu-rung.70321.htm", "70321"),
        ("/196670-giu-rung-ven-bien.html", "196670"),
        ("/tin/196670/giu-rung", "196670"),
        ("/giu-rung-ven-bien-qua-mua-gio", "giu-rung-ven-bien-qua-mua-gio"),
        ("/News/Detail.aspx?id=19667", "19667"),
        ("/chi-tiet-tin-tuc-trong-tinh.php?cat=3&NewsID=19667&page=2", "19667"),
        ("/index.php?option=com_content&view=article&id=1966:giu-rung&Itemid=204", "1966"),
        ("/index.php?Itemid=2040&catid=1001", None),
        ("/List.aspx?cat=3", None),
        ("/moi-truong/", None),
        ("/", None),
    ],
)
def test_an_address_has_a_shape_and_an_id(path: str, own: str | None) -> None:
    shaped = shape_of(path)
    assert (shaped[1] if shaped else None) == own
    assert article_id(own_pattern(path), path) == own


def test_the_articles_are_those_that_headlines_lead_to() -> None:
    links = headlines(*(f"/giu-rung-{word}-a19667{n}.html" for n, word in enumerate(("mot", "hai", "ba", "bon"))))
    menu = [Link(f"http://bao.test/chuyen-muc-{n}.html", "Kinh tế", in_menu=True) for n in range(1000, 1020)]
    away = [Link(f"http://khac.test/tin-{n}.htm", HEADLINE) for n in range(4000, 4040)]
    found = articles_among([*menu, *away, *links], {"bao.test"})
    assert found is not None and len(found.urls) == 4
    assert re.search(found.pattern, "/x-y-a5123456.html") and not re.search(found.pattern, "/chuyen-muc-1000.html")


def test_hexadecimal_ids_without_a_letter_belong_to_the_others() -> None:
    found = articles_among(headlines("/a/202509/giu-rung-a3f9c21/", "/a/202509/giu-dat-7712345/"), {"bao.test"})
    assert found is not None and len(found.urls) == 2


def test_edited_articles_are_those_changed_behind_their_publication_or_behind_later_ones() -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    addresses = [f"http://bao.test/giu-rung-ven-bien-{7000 + n}.html" for n in range(6)]
    changed = {url: day + timedelta(days=n) for n, url in enumerate(addresses)} | {
        addresses[1]: day + timedelta(days=4)
    }
    changed["http://bao.test/muc/"] = day + timedelta(days=9)
    assert edited_articles({}, changed) == [addresses[1]]
    published = {url: day + timedelta(days=n) for n, url in enumerate(addresses)}
    assert edited_articles(published, changed) == [addresses[1]]
    assert edited_articles(published, published) == edited_articles({}, published) == edited_articles({}, {}) == []


def test_a_page_without_headlines_has_no_articles() -> None:
    assert articles_among([Link("http://bao.test/kinh-te/", "Kinh tế")], {"bao.test"}) is None


MENU = "".join(f'<li><a href="/{slug}/">{name}</a></li>' for slug, name in (
    ("thoi-su", "THỜI SỰ"), ("kinh-te", "Kinh tế"), ("lien-he", "Liên hệ"), ("tim-kiem", "Tìm kiếm"),
    ("xa-hoi", "Xã hội"),
))  # fmt: skip
SECTIONS = (Section("Thời sự", "/thoi-su/"), Section("Kinh tế", "/kinh-te/"), Section("Xã hội", "/xa-hoi/"))


@pytest.mark.parametrize(
    "markup",
    [
        f"<nav><ul>{MENU}</ul></nav>",
        f'<div class="main-menu"><ul>{MENU}</ul></div>',
        f'<div class="hop"><ul>{MENU}</ul></div>',  # no menu by name: the box with most short links
        f"<nav><ul>{MENU}</ul></nav><footer><a href='/cao-tan/'>Cáo tận</a></footer>",
        "<script>document.write('" + MENU.replace("'", "\\'") + "')</script>",
        "<script>var menu = ["
        + ",".join(f'{{"id": 1, "name": "{one.name}", "url": "{one.path}"}}' for one in SECTIONS)
        + "];</script>",
    ],
)
def test_sections_are_the_short_links_of_the_menu(markup: str) -> None:
    found = sections_of(page(markup + f'<a href="/giu-rung-a1234.html">{HEADLINE}</a>'), {"bao.test"}, r"-a(?P<id>\d+)")
    assert found == SECTIONS


def test_without_a_menu_the_sitemap_names_the_sections() -> None:
    elsewhere = ["http://bao.test/kinh-te/", "http://bao.test/xa-hoi/", "http://bao.test/giu-rung-a1234.html"]
    found = sections_of(page("<p>Trang trống</p>"), {"bao.test"}, r"-a(?P<id>\d+)\.html", elsewhere)
    assert [section.path for section in found] == ["/kinh-te/", "/xa-hoi/"]


@pytest.mark.parametrize(
    ("url", "further", "template"),
    [
        ("/kinh-te/", "/kinh-te/?page=2", "{path}?page={page}"),
        ("/kinh-te", "/kinh-te?p=2", "{path}?p={page}"),
        ("/kinh-te/", "/kinh-te?p=2", None),
        ("/kinh-te/", "/kinh-te/trang-2.htm", "{path}trang-{page}.htm"),
        ("/muc/kinh-te.htm", "/muc/kinh-te/trang-2.htm", None),
        ("/kinh-te", "/kinh-te-p2", "{path}-p{page}"),
        ("/kinh-te/", "/kinh-te/page/2/", "{path}page/{page}/"),
    ],
)
def test_a_list_leads_to_its_further_pages(url: str, further: str, template: str | None) -> None:
    markup = (
        f'<a href="{further}">2</a> <a href="/the-thao/?page=2">Thể thao</a> <a href="/giu-rung-p2.html">{HEADLINE}</a>'
    )
    paging = paging_of(page(markup, f"http://bao.test{url}"))
    assert paging.urls == (f"http://bao.test{further}",) and paging.template == template
    assert (paging.selector is None) == (further in ("/kinh-te-p2",))
    if template:
        assert next_page(f"http://bao.test{url}", url, template) == f"http://bao.test{further}"
        assert next_page(f"http://bao.test{further}", url, template) == f"http://bao.test{further.replace('2', '3')}"


def test_feeds_and_sitemaps_name_addresses_however_broken() -> None:
    rss = "<rss><channel><link>http://bao.test/</link><item><link><![CDATA[http://bao.test/a-1234.html?x=1&amp;y=2]]></link>"
    assert read_addresses(rss.encode(), "http://bao.test/rss", {}, RULES).urls == (
        "http://bao.test/a-1234.html?x=1&y=2",
    )
    index = gzip.compress(b"<sitemapindex><sitemap><loc> http://bao.test/sitemap-1.xml </loc></sitemap></sitemapindex>")
    found = read_addresses(index, "http://bao.test/sitemap.xml.gz", {}, RULES)
    assert found.is_index and found.urls == ("http://bao.test/sitemap-1.xml",)
    assert read_addresses(b"\x1f\x8b broken", "http://bao.test/s.gz", {}, RULES).urls == ()
    parts = [f"<url><loc>http://bao.test/{name}.html</loc></url>".encode() for name in "ab"]
    members = b"".join(gzip.compress(part) for part in parts)
    for octets, names in ((members, "ab"), (members[:-5], "ab"), (members + b"\x1f\x8b broken", "ab")):
        urls = read_addresses(octets, "http://bao.test/s.gz", {}, RULES).urls
        assert urls == tuple(f"http://bao.test/{name}.html" for name in names)


def test_what_a_feed_says_of_its_articles_is_kept() -> None:
    rss = (
        "<rss><channel><title>Báo</title><item><title><![CDATA[Đò &amp;amp; bến]]></title><link>http://bao.test/a-1.html</link>"
        "<pubDate>Thu, 08 Jan 2026 18:21:00 +0700</pubDate></item><item><link>http://bao.test/a-2.html</link>"
    )
    entries = read_addresses(rss.encode(), "http://bao.test/rss", {}, RULES).entries
    assert entries == {
        "http://bao.test/a-1.html": FeedEntry(title="Đò & bến", published_at="Thu, 08 Jan 2026 18:21:00 +0700")
    }
    atom = (
        "<feed><entry><title>Chợ nổi</title><link rel='alternate' href='/b-1.html'/>"
        "<published>2026-01-08T18:21:00+07:00</published></entry></feed>"
    )
    assert read_addresses(atom.encode(), "http://bao.test/atom", {}, RULES).entries == {
        "http://bao.test/b-1.html": FeedEntry(title="Chợ nổi", published_at="2026-01-08T18:21:00+07:00")
    }
    assert not read_addresses(b"<urlset><url><loc>http://bao.test/c-1.html</loc></url></urlset>", "", {}, RULES).entries


def test_hostile_pages_are_looked_at_in_bounded_time() -> None:
    deep = "<div class='menu'>" * 10_000 + '<a href="/kinh-te/">Kinh tế</a>'
    wide = '<a href="/giu-rung-a1.html">x</a>' * 100_000
    scripted = "<script>" + '{"url": "' * 20_000 + "</script>"
    for markup in (deep, wide, scripted, "\x00" * 1000, ""):
        assert len(page(markup).links) <= 4000
