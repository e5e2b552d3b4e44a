"""The newsroom acting out days: its opening and clock, silence, moves, closing, a second markup, feeds of all kinds."""

from __future__ import annotations

import gzip
import http.client
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import lxml.etree
import lxml.html
import pytest

from archive.clock import clock_set, now
from crawler.newsroom import Newsroom, RunningNewsroom, serve_newsroom
from crawler.newsroom.newsroom import BEFORE_OPENING
from crawler.newsroom.printing.pages import article_page
from crawler.newsroom.site import Site
from crawler.newsroom.story import VIETNAM
from crawler.runs.run import newspapers

OPENS_AT = datetime(2026, 3, 1, tzinfo=VIETNAM)
HOUR = timedelta(hours=1)
NEWS_SITEMAP = "http://baolaocai.test/sitemaps/news.xml"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def newsroom() -> Newsroom:
    return Newsroom(5, 120, opens_at=OPENS_AT)


@pytest.fixture
def acting() -> Iterator[RunningNewsroom]:
    with serve_newsroom(seed=5, articles=60, opens_at=OPENS_AT) as running:
        yield running


def page(newsroom: Newsroom, url: str) -> Any:
    host, _, rest = url.removeprefix("http://").partition("/")
    site = Site(newsroom)
    found = site.page(host, f"/{rest}")
    return site.page(host, f"/{rest}") if found.status == 500 else found


def tree(newsroom: Newsroom, url: str) -> Any:
    found = page(newsroom, url)
    assert found.status == 200, url
    body = gzip.decompress(found.body) if url.endswith(".gz") else found.body
    return lxml.etree.fromstring(body)


def test_the_archives_clock_can_be_set_in_a_process() -> None:
    before = datetime.now(UTC)
    with clock_set(lambda: OPENS_AT):
        assert now() == OPENS_AT and now().utcoffset() == timedelta(0)
    assert before <= now() <= datetime.now(UTC)


def test_what_was_printed_before_the_opening_lies_in_the_forty_days_before(newsroom: Newsroom) -> None:
    for paper in newsroom.papers:
        stories = newsroom.of(paper)
        assert len([story for story in stories if not story.hidden]) == 40
        assert all(OPENS_AT - BEFORE_OPENING <= story.published <= story.changed <= OPENS_AT for story in stories)
        assert newsroom.changed(paper) == OPENS_AT
        assert max(story.published for story in stories) > OPENS_AT - timedelta(days=5)
    assert any(story.modified for story in newsroom.stories)
    assert all(story.published.year > 2025 for story in newsroom.stories)
    assert newsroom.reprints and newsroom.truth()["moves"] == []
    with pytest.raises(ValueError, match="offset"):
        Newsroom(5, 60, opens_at=datetime(2026, 3, 1))


def test_deeds_happen_at_the_instant_that_was_set(newsroom: Newsroom) -> None:
    at = OPENS_AT + 5 * HOUR
    newsroom.set_clock(at.astimezone(UTC) + timedelta(seconds=40))
    urls = newsroom.publish(6)
    times = [story.published for story in newsroom.stories[-6:]]
    assert times == [at] * 3 + [at + timedelta(minutes=1)] * 3
    newsroom.set_clock(OPENS_AT)  # a paper's time does not go back
    newsroom.edit(urls[0])
    assert next(story for story in newsroom.stories if story.url == urls[0]).modified == at + timedelta(minutes=2)
    assert newsroom.now() == at + timedelta(minutes=2)
    with pytest.raises(ValueError, match="offset"):
        newsroom.set_clock(datetime(2026, 3, 2))


def test_printing_in_a_place_and_in_none_that_is_silent(newsroom: Newsroom) -> None:
    assert all("//baolaocai.test/" in url for url in newsroom.publish(4, "baolaocai"))
    assert {story.section.slug for story in newsroom.stories[-4:]} == {"xa-hoi", "van-hoa"}
    newsroom.publish(3, "baocantho", "kinh-te")
    assert [story.section.slug for story in newsroom.stories[-3:]] == ["kinh-te"] * 3
    newsroom.silence("baocantho", "kinh-te")
    newsroom.publish(30)
    latest = newsroom.stories[-30:]
    assert {story.section.slug for story in latest if story.paper.key == "baocantho"} == {"thoi-su"}
    assert {story.paper.key for story in latest} == {"baocantho", "baolaocai", "baobaclieu"}
    newsroom.silence("baocantho", "thoi-su")
    newsroom.publish(10)
    assert {story.paper.key for story in newsroom.stories[-10:]} == {"baolaocai", "baobaclieu"}
    for place in (("baocantho", None), ("baocantho", "kinh-te"), ("baolaocai", "kinh-te"), ("elsewhere", None)):
        with pytest.raises(ValueError, match="nothing can be printed"):
            newsroom.publish(1, *place)
    with pytest.raises(ValueError, match="no section"):
        newsroom.silence("baocantho", "xa-hoi")


@pytest.mark.parametrize("paper", ["baocantho", "baolaocai", "baobaclieu"])
def test_a_moved_article_is_named_by_its_new_address_alone(newsroom: Newsroom, paper: str) -> None:
    [url] = newsroom.publish(1, paper)
    story = newsroom.stories[-1]
    twice = [newsroom.move(url)]
    twice.append(newsroom.move(twice[0]))
    assert len({url, *twice}) == 3 and story.url == twice[1]
    for old in (url, twice[0]):
        found = page(newsroom, old)
        assert (found.status, found.location) == (301, twice[1])
    assert page(newsroom, twice[1]).status == 200
    origin = story.paper.origin
    feed = page(newsroom, origin + story.paper.feed_path.format(section=story.section.slug)).body.decode()
    front = page(newsroom, f"{origin}/").body.decode()
    listed = page(newsroom, origin + story.paper.list_path.format(section=story.section.slug)).body.decode()
    path = twice[1].removeprefix(origin)
    assert all(path in text and url.removeprefix(origin) not in text for text in (feed, front, listed))
    truth = newsroom.truth()
    assert truth["moves"] == [
        {"from": url, "to": twice[0], "at": (OPENS_AT + timedelta(minutes=2)).isoformat()},
        {"from": twice[0], "to": twice[1], "at": (OPENS_AT + timedelta(minutes=3)).isoformat()},
    ]
    [said] = [one for one in truth["articles"] if one["article_id"] == str(story.number)]
    assert said["url"] == twice[1]
    newsroom.edit(twice[1])
    newsroom.withdraw(twice[1])
    assert [page(newsroom, one).status for one in (url, *twice)] == [410] * 3
    with pytest.raises(ValueError, match="withdrawn"):
        newsroom.move(twice[1])
    with pytest.raises(KeyError):
        newsroom.edit(url)


def test_a_redesign_keeps_the_words_and_leaves_no_declared_selector(newsroom: Newsroom) -> None:
    stories = [story for story in newsroom.stories if story.paper.key == "baocantho" and not story.hidden]
    before = {story.url: article_page(story) for story in stories}
    tags = {story.url: page(newsroom, story.url).tag for story in stories}
    newsroom.set_clock(OPENS_AT + 9 * HOUR)
    newsroom.redesign("baocantho")
    layouts = {layout for spider in newspapers().values() for layout in spider.layouts}
    fields = ("title", "kicker", "section", "published_at", "modified_at", "lead", "body", "byline", "tags", "related")
    selectors = {selector for layout in layouts for field in fields if (selector := getattr(layout, field))}
    assert len(selectors) > 30
    for story in stories:
        found = page(newsroom, story.url)
        assert found.tag != tags[story.url] and found.modified == OPENS_AT + 9 * HOUR
        text = found.body.decode()
        document = lxml.html.fromstring(text)
        matching = {selector for selector in selectors if document.cssselect(selector)}
        assert not matching, story.url
        visible = unicodedata.normalize("NFC", document.text_content()).replace("\xa0", " ")
        said = [story.title, story.byline.printed, f"{story.published:%d/%m/%Y - %H:%M}", *story.tags]
        said += [line for piece in story.pieces for line in (piece.text, *piece.lines)]
        assert all(one in visible for one in said if one)
        for kept in (r'<script type="application/ld\+json">.*?</script>', r'property="og:[a-z]+" content="[^"]*"'):
            assert re.findall(kept, text, re.S) == re.findall(kept, before[story.url], re.S)
    listed = page(newsroom, "http://baocantho.test/thoi-su/").body.decode()
    assert "list-news-img-style-1" in listed
    style = page(newsroom, "http://baocantho.test/static/templates/version1/homepage/css/ban-moi.css")
    assert style.status == 200 and style.type.startswith("text/css")
    with pytest.raises(ValueError, match="baolaocai"):
        newsroom.redesign("baolaocai")


def test_feeds_are_rss_and_atom(newsroom: Newsroom) -> None:
    rss = tree(newsroom, "http://baocantho.test/rss/cate/kinh-te/")
    assert rss.tag == "rss" and len(rss.findall(".//item/link")) > 15
    newsroom.publish(1, "baobaclieu", "xay-dung-dang")
    newsroom.set_clock(OPENS_AT + HOUR)
    newsroom.edit(newsroom.stories[-1].url)
    atom = tree(newsroom, "http://baobaclieu.test/rss/xay-dung-dang.rss")
    first, *others = atom.findall(f"{ATOM}entry")
    assert len(others) > 15
    assert first.find(f"{ATOM}link").get("href") == newsroom.stories[-1].url
    times = [first.findtext(ATOM + name) for name in ("published", "updated")]
    assert times == ["2026-03-01T00:01:00+07:00", "2026-03-01T01:00:00+07:00"]
    assert page(newsroom, "http://baobaclieu.test/rss/xay-dung-dang.rss").type.startswith("application/atom+xml")


def test_lao_cais_sitemap_is_an_index_of_months_and_news(newsroom: Newsroom) -> None:
    index = "http://baolaocai.test/sitemap.xml"
    places = {one.findtext(f"{SITEMAP}loc"): one.findtext(f"{SITEMAP}lastmod") for one in tree(newsroom, index)}
    assert list(places) == [
        NEWS_SITEMAP,
        "http://baolaocai.test/sitemaps/2026-01.xml.gz",
        "http://baolaocai.test/sitemaps/2026-02.xml.gz",
    ]
    [shown] = [paper for paper in newsroom.papers if paper.key == "baolaocai"]
    readable = {story.url: story for story in newsroom.of(shown) if not story.hidden}
    listed = {
        one.findtext(f"{SITEMAP}loc"): one.findtext(f"{SITEMAP}lastmod")
        for url in list(places)[1:]
        for one in tree(newsroom, url)
    }
    assert listed == {url: story.changed.isoformat() for url, story in readable.items()}
    fresh, old = readable[max(readable, key=lambda url: readable[url].published)], next(iter(readable.values()))
    newsroom.set_clock(OPENS_AT + 3 * HOUR)
    newsroom.withdraw(old.url)
    [url] = newsroom.publish(1, "baolaocai")
    places = {one.findtext(f"{SITEMAP}loc"): one.findtext(f"{SITEMAP}lastmod") for one in tree(newsroom, index)}
    assert places["http://baolaocai.test/sitemaps/2026-01.xml.gz"] == "2026-03-01T03:00:00+07:00"
    assert "http://baolaocai.test/sitemaps/2026-03.xml.gz" in places
    news = {one.findtext(f"{SITEMAP}loc"): one.find(f"{NEWS}news") for one in tree(newsroom, NEWS_SITEMAP)}
    assert news[url].findtext(f"{NEWS}title") == newsroom.stories[-1].title
    assert news[url].findtext(f"{NEWS}publication_date") == "2026-03-01T03:01:00+07:00"
    newsroom.set_clock(fresh.published + timedelta(days=3))
    news = {one.findtext(f"{SITEMAP}loc"): one for one in tree(newsroom, NEWS_SITEMAP)}
    assert fresh.url not in news and url in news
    without = Newsroom(5, 30)
    assert b"<urlset" in page(without, index).body
    assert page(without, NEWS_SITEMAP).status == 404


def test_a_months_sitemap_is_a_file_and_not_coded(acting: RunningNewsroom, client_type: Any) -> None:
    client = client_type(acting.port)
    answer = client.get("http://baolaocai.test/sitemaps/2026-02.xml.gz", Accept_Encoding="gzip, br")
    assert answer.headers["content-type"] == "application/gzip" and "content-encoding" not in answer.headers
    assert b"<urlset" in gzip.decompress(answer.body)
    client.close()


def test_the_control_host_does_all_of_it_and_a_twin_agrees(acting: RunningNewsroom, client_type: Any) -> None:
    twin = Newsroom(5, 60, opens_at=OPENS_AT)
    for one in (acting, twin):
        one.set_clock(OPENS_AT + HOUR)
        [url] = one.publish(1, "baocantho", "thoi-su")
        moved = one.move(url)
        one.edit(moved)
        one.silence("baolaocai", "van-hoa")
        one.redesign("baocantho")
        one.publish(5)
        one.withdraw(moved)
    assert acting.truth() == twin.truth()
    client = client_type(acting.port)
    assert client.get(url).status == 410
    assert b"ct-headline" in client.get(next(s.url for s in twin.stories if s.paper.key == "baocantho")).body
    client.close()
    for faulty in (lambda: acting.redesign("baobaclieu"), lambda: acting.publish(1, "baolaocai", "van-hoa")):
        with pytest.raises(ValueError, match="ValueError"):
            faulty()


def test_a_closed_newsroom_resets_its_readers_and_counts_them(acting: RunningNewsroom, client_type: Any) -> None:
    client = client_type(acting.port)
    url = "http://baocantho.test/thoi-su/"
    assert client.get(url).status == 200 and client.get(url).status == 200
    acting.close()
    with pytest.raises(ConnectionResetError):
        client.get(url)
    fresh = http.client.HTTPConnection("127.0.0.1", acting.port)
    with pytest.raises(ConnectionResetError):
        fresh.request("GET", "/", headers={"Host": "baolaocai.test"})
        fresh.getresponse()
    fresh.close()
    client.close()
    assert acting.publish()
    assert acting.requests() == {"baocantho.test": 3, "baolaocai.test": 1}
    acting.open()
    client = client_type(acting.port)
    assert client.get(url).status == 200
    client.close()
