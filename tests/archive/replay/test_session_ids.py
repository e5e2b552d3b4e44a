"""A question by an article's address finds its captures under session ids, which are withheld with it."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import attrs
import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient
from support.collection_builder import BEGINNING, CollectionBuilder
from support.crawling import baotinh
from support.import_samples import archive, general_page, response, run_import
from support.pywb_place import needs_pywb, pywb_over
from support.raw_server import raw_server
from support.serving import running
from support.small_paper import answer

from archive.catalog import migrations
from archive.clock import timestamp14
from archive.collection import Collection
from archive.reasons import WithholdingReason
from archive.replay.app import replay_app
from archive.web.app import site_app
from archive.withholding import lift_withholding, withhold

HOST = "https://baocantho.com.vn"
PAGE = f"{HOST}/tin/cho-noi-post101.html"
PATH = PAGE.removeprefix(HOST)
QUERY = f"{HOST}/chi-tiet.aspx?a=1&tin=7"
# In order of time; of those that have two, one after the other
MARKED = (
    f"{PAGE}?PHPSESSID=q1", f"{PAGE};jsessionid=0A1B", PAGE,
    f"{PAGE}?sid=0123456789abcdef", f"{HOST}/(S(q1w2e3)){PATH}",
    f"{PAGE}?utm_source=zalo&SESSION_ID=7",
)  # fmt: skip
OF_QUERY = (f"{HOST}/chi-tiet.aspx?a=1&ASPSESSIONIDQQ=x&tin=7", f"{HOST}/chi-tiet.aspx?tin=7&a=1&zenid=4")
OTHERS = (
    f"{PAGE}?sid=101",
    f"{PAGE}?trang=2",
    f"{PAGE}?trang=2&sid=0123456789abcdef",
    f"{HOST}/tin/cho-noi-post102.html;sid=1",
)
NEVER = f"{PAGE};jsessionid=FFFF"


@attrs.frozen
class Served:
    collection: Collection
    site: TestClient
    replay: TestClient

    def in_cdx(self, url: str, **query: str) -> list[str]:
        answers = [
            client.get("/cdx", params={"url": url, "output": "json", **query}) for client in (self.site, self.replay)
        ]
        assert answers[0].text == answers[1].text
        return [json.loads(line)["url"] for line in answers[0].text.splitlines()] if answers[0].is_success else []

    def in_timemap(self, url: str) -> list[str]:
        found = self.site.get(f"/web/timemap/link/{url}")
        named = re.findall(r'id_/([^>]*)>; rel="[a-z ]*memento"', found.text) if found.is_success else []
        for one in (one for one in named if "%3B" in one):
            assert self.replay.get(f"/web/2026id_/{one}").headers["location"].endswith(one.replace("%3B", ";"))
        return [one.replace("%3B", ";") for one in named]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    builder = CollectionBuilder(tmp_path / "collection")
    for nth, url in enumerate((*MARKED, *OF_QUERY, *OTHERS)):
        builder.instant = BEGINNING + timedelta(days=nth)
        builder.capture(url, f"<p>Chợ nổi {nth}".encode())
    collection = builder.close()
    site, replay = "http://site.test", "http://replay.test"
    yield Served(
        collection,
        TestClient(site_app(collection.for_readers, replay), site, follow_redirects=False),
        TestClient(replay_app(collection.for_readers, Path("viewer"), site), replay, follow_redirects=False),
    )


@pytest.mark.parametrize("asked", [PAGE, f"http://www.baocantho.com.vn{PATH}", NEVER, f"{PAGE}?fbclid=x&PHPSESSID=new"])
def test_all_captures_are_found_in_order_of_time(served: Served, asked: str) -> None:
    assert served.in_cdx(asked) == list(MARKED)
    assert served.in_cdx(asked, sort="reverse") == list(MARKED[::-1])
    assert served.in_cdx(asked, limit="2") == list(MARKED[:2])
    assert served.in_timemap(asked) == list(MARKED)
    closest = timestamp14(BEGINNING + timedelta(days=4))
    assert served.in_cdx(asked, closest=closest)[0] == MARKED[4]
    assert json.loads(served.site.get("/cdx", params={"url": asked, "showNumPages": "true"}).text)["pages"] == 1


@pytest.mark.parametrize("days", range(len(MARKED)))
def test_the_timegate_leads_to_the_nearest(served: Served, days: int) -> None:
    at = BEGINNING + timedelta(days=days, hours=1)
    for client in (served.site, served.replay):
        answer = client.get(f"/web/{PAGE}", headers={"Accept-Datetime": at.strftime("%a, %d %b %Y %H:%M:%S GMT")})
        assert answer.status_code == 302 and answer.headers["location"].endswith(f"id_/{MARKED[days]}")
        assert f'<{PAGE}>; rel="original"' in answer.headers["link"]
        relations = ("first", "prev", "next", "last")
        named = {
            name: url.replace("%3B", ";")
            for url, names in re.findall(r'id_/([^>]*)>; rel="([^"]*)"', answer.headers["link"])
            for name in names.split()
        }
        places = (0, max(days - 1, 0), min(days + 1, len(MARKED) - 1), len(MARKED) - 1)
        assert {name: named.get(name) for name in relations} == {
            name: None if name in ("prev", "next") and place == days else MARKED[place]
            for name, place in zip(relations, places, strict=True)
        }
    stored = served.replay.get(answer.headers["location"])
    assert stored.status_code == 200 and stored.text == f"<p>Chợ nổi {days}"


def test_an_address_that_was_captured_with_its_id_stands_for_itself(served: Served) -> None:
    for url in (one for one in MARKED if one != PAGE):
        assert served.in_cdx(url) == served.in_timemap(url) == [url]


def test_of_two_captures_in_one_second_each_has_its_own_address(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    for nth, url in enumerate((PAGE, MARKED[0])):
        builder.instant = BEGINNING + timedelta(milliseconds=100 * nth)
        builder.capture(url, url.encode())
    app = replay_app(builder.close().for_readers, Path("viewer"), "http://site.test")
    with TestClient(app, "http://replay.test", follow_redirects=False) as replay:
        for url in (PAGE, MARKED[0]):
            assert replay.get(f"/web/{timestamp14(BEGINNING + timedelta(seconds=7))}id_/{url}").text == url


def test_other_addresses_are_not_found_with_it(served: Served) -> None:
    assert set(served.in_cdx(QUERY)) == set(OF_QUERY)
    assert served.in_cdx(f"{PAGE}?trang=2") == [OTHERS[1], OTHERS[2]]
    assert served.in_cdx(OTHERS[0]) == [OTHERS[0]]
    assert served.in_cdx(f"{HOST}/tin/cho-noi-post102.html") == [OTHERS[3]]
    assert served.in_cdx(f"{HOST}/tin/cho-noi-post103.html") == []


def test_the_calendar_and_the_replay_know_them(served: Served) -> None:
    calendar = served.site.get(f"/web/*/{PAGE}", headers={"Accept-Language": "en"}).text
    assert all(url.replace("&", "&amp;") in calendar for url in MARKED)
    led = served.site.get(f"/web/2031/{f'{HOST}/tin/cho-noi-post102.html'}")
    assert led.status_code == 302 and led.headers["location"].endswith(OTHERS[3])


@pytest.mark.parametrize("withheld", [PAGE, MARKED[0], NEVER])
def test_what_is_withheld_is_found_by_no_spelling(served: Served, withheld: str) -> None:
    withhold(served.collection, withheld, WithholdingReason.COURT, "")
    for asked in (*MARKED, NEVER, f"{PAGE}?PHPSESSID=other", f"{PAGE}?gclid=x", f"{PAGE}%3Bjsessionid=0A1B"):
        assert served.in_cdx(asked) == served.in_timemap(asked) == []
        for path in (f"/web/{asked}", f"/web/timemap/link/{asked}", f"/web/2026id_/{asked}", f"/web/2026/{asked}"):
            assert served.replay.get(path).status_code == 451, path
        assert served.site.get(f"/web/*/{asked}").status_code == 451
    assert served.in_cdx(f"{PAGE}?trang=2") == [OTHERS[1], OTHERS[2]]
    lift_withholding(served.collection, withheld, "")
    assert served.in_cdx(PAGE) == list(MARKED)


def test_of_a_withheld_capture_the_others_stay(served: Served) -> None:
    withhold(served.collection, OTHERS[2], WithholdingReason.COURT, "")
    assert served.in_cdx(f"{PAGE}?trang=2") == [] and served.in_cdx(PAGE) == list(MARKED)


@needs_pywb
def test_pywb_finds_them_over_the_network(served: Served, tmp_path: Path) -> None:
    asked = f"{HOST}/tin/cho-noi-post102.html"
    with running(served.collection, Path("viewer")) as serving:
        held = {"cdx": f"cdx+{serving.replay}/cdx /web", "memento": f"memento+{serving.replay}/web/"}
        with pywb_over(tmp_path, held) as pywb, httpx.Client(timeout=60, follow_redirects=True) as client:
            for source in held:
                for at in ("", timestamp14(BEGINNING)):
                    found = client.get(f"{pywb}/{source}/{at}id_/{asked}")
                    assert found.status_code == 200 and found.text.startswith("<p>Chợ nổi"), (source, at, found.text)


def test_an_import_and_a_crawl_enter_them(tmp_path: Path) -> None:
    url = "https://baothu.example/tin/cho-noi-post101.html"
    rows = [response(1, f"{url};jsessionid=1", general_page("Chợ nổi"), "2026-01-01T00:00:00Z")]
    run_import(tmp_path / "c", archive(tmp_path / "x.warc.gz", rows))
    with raw_server({"/x.html?PHPSESSID=q1": answer("<p>Chợ nổi</p>")}) as server:
        place = ("--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path / "c")
        done = baotinh("capture", "http://baothu.test/x.html?PHPSESSID=q1", *place)
        assert done.returncode == 0, done.stdout + done.stderr
    with Collection.open(tmp_path / "c").catalog() as catalog:
        found = catalog.connection.execute("SELECT plain_key, urlkey FROM marked_keys ORDER BY 1").fetchall()
    assert found == [
        ("example,baothu)/tin/cho-noi-post101.html", "example,baothu)/tin/cho-noi-post101.html;jsessionid=1"),
        ("test,baothu)/x.html", "test,baothu)/x.html?phpsessid=q1"),
    ]


def test_rebuilt_and_migrated_collections_know_them_too(served: Served) -> None:
    query = "SELECT * FROM marked_keys ORDER BY plain_key, urlkey"
    path = served.collection.catalog_path
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute(query).fetchall()
        connection.executescript(f"DROP TABLE marked_keys; PRAGMA user_version = {migrations.VERSION - 1};")
    assert len(before) == len(MARKED) - 1 + len(OF_QUERY) + 2
    for mend in (
        lambda: Collection.open(served.collection.root),
        lambda: baotinh("rebuild", "--collection", path.parent),
    ):
        mend()
        with served.collection.catalog() as catalog:
            assert catalog.connection.execute(query).fetchall() == before
        assert served.in_cdx(PAGE) == list(MARKED)
