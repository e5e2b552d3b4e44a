"""The coverage chart: what was found empty is not what nobody looked at, on the page and in its tables."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from support.covered import CARDS, CULTURE, HOSTILE, NEWS, NOW, build_covered, local, looked_at, session
from support.html_elements import Elements
from support.sample import REPLAY

from archive.catalog.addresses import Listed
from archive.catalog.discovery_sources import SourceKind
from archive.catalog.lifecycle import Answer
from archive.collection import Collection
from archive.coverage import calendar, periods, sections, whole
from archive.ingest.session import Session
from archive.web.app import site_app

DAYS = "newspaper=baocantho&from=2026-10-02&to=2026-10-12"


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return build_covered(tmp_path_factory.mktemp("covered") / "c")


@pytest.fixture(scope="module")
def site(covered: Collection) -> TestClient:
    return TestClient(site_app(covered, REPLAY, clock=lambda: NOW), raise_server_exceptions=False)


def states(site: TestClient, query: str) -> dict[tuple[str, str | None], dict[str, tuple[int, str]]]:
    """Of each row, by newspaper and section, the articles and the state of each period."""
    answer = site.get(f"/api/coverage?{query}").json()
    return {
        (row["newspaper"], row["section"]): {
            cell[answer["by"]]: (cell["articles"], cell["state"]) for cell in row["cells"]
        }
        for row in answer["sections"]
    }


def test_the_states_of_days(site: TestClient) -> None:
    found = states(site, DAYS)
    news = found["baocantho", NEWS]
    assert news == {
        "2026-10-02": (0, "never"),
        "2026-10-03": (0, "empty"),
        "2026-10-04": (0, "empty"),
        "2026-10-05": (1, "held"),  # half past eleven at night in Vietnam
        "2026-10-06": (1, "held"),  # ten past midnight, which is the 5th in UTC
        "2026-10-07": (0, "empty"),
        "2026-10-08": (2, "held"),
        "2026-10-09": (0, "empty"),
        "2026-10-10": (0, "partly"),  # the last look was at noon
        "2026-10-11": (0, "never"),
        "2026-10-12": (0, "never"),
    }
    culture = found["baocantho", CULTURE]  # entered by its slug
    assert [culture[f"2026-10-{day:02}"][1] for day in (6, 7, 8, 9)] == ["never", "partly", "empty", "never"]
    assert found["baocantho", HOSTILE]["2026-10-07"] == (1, "held")
    assert found["baocantho", None]["2026-10-07"] == (1, "held")
    # articles without a section may stand in any: they are looked for only where all sections are
    assert found["baocantho", None]["2026-10-08"] == (0, "partly")


def test_shares_say_what_may_be_missing(site: TestClient) -> None:
    rows = {row["section"]: row for row in site.get(f"/api/coverage?{DAYS}").json()["sections"]}
    shares = {cell["day"]: cell["covered"] for cell in rows[NEWS]["cells"]}
    assert (shares["2026-10-02"], shares["2026-10-03"], shares["2026-10-10"]) == (0, 1, 0.5)
    assert rows[HOSTILE]["cells"][5] == {"day": "2026-10-07", "articles": 1, "state": "held", "covered": 0}


def test_the_page_shows_each_state_in_its_own_way(site: TestClient) -> None:
    page = site.get(f"/coverage?{DAYS}").text
    shown = re.findall(r'<td class="c ([a-z]+)[^"]*" title="Thời sự, [^"]*?(\d\d)/10/2026', page)
    assert {day: kind for kind, day in shown} == {
        "02": "never", "03": "empty", "04": "empty", "05": "held", "06": "held", "07": "empty", "08": "held",
        "09": "empty", "10": "partly", "11": "never", "12": "never",
    }  # fmt: skip
    assert 'title="Thời sự, Thứ Bảy, 03/10/2026: đã thu thập, không có bài nào">0</td>' in page
    assert re.search(r"Thứ Bảy, 10/10/2026: mới thu thập một phần ngày, [^>]*>0\+<span", page)
    assert re.search(r'Chủ nhật, 11/10/2026: chưa thu thập"><span class="unseen">chưa thu thập</span></td>', page)
    assert re.search(r"có thể còn bài khác\"><a href=\"[^\"]+\">1\+</a>", page)
    assert "Chưa thu thập: không biết báo có đăng không" in page
    assert "không biết gì: Thể thao." in page  # declared, and never seen
    elements = Elements(page).found
    assert {one[1].get("scope") for one in elements if one[0] == "th"} == {"col", "row", "colgroup"}
    assert "caption" in {tag for tag, _ in elements}


def test_cells_and_days_lead_to_their_articles(site: TestClient) -> None:
    page = html.unescape(site.get(f"/coverage?{DAYS}").text)
    by_cell: dict[tuple[str, str | None], str] = {}
    for address in re.findall(r'<a href="(/search\?[^"]+)"', page):
        asked = parse_qs(urlsplit(address).query)
        if asked["from"] == asked["to"]:
            by_cell[asked["from"][0], asked.get("section", [None])[0]] = site.get(address).text

    def found(day: int, section: str | None) -> set[str]:
        return set(re.findall(r"Bài số (\d)", by_cell[f"2026-10-{day:02}", section]))

    assert found(8, NEWS) == {"3", "4"}
    assert found(7, None) == {"5", "6"}
    assert found(7, HOSTILE) == {"6"}


def test_the_days_that_are_shown_unasked(site: TestClient) -> None:
    answer = site.get("/api/coverage?newspaper=baocantho").json()
    assert (answer["from"], answer["to"]) == ("2026-08-12", "2026-10-10")
    answer = site.get("/api/coverage?newspaper=baolaocai").json()
    assert (answer["from"], answer["to"]) == ("2026-07-02", "2026-08-30")  # read to the midnight before the 31st
    page = site.get("/coverage?newspaper=baolaocai").text
    assert "← 60 ngày trước" in page and "60 ngày sau" not in page
    month = site.get("/coverage?newspaper=baolaocai&from=2026-08-01&to=2026-08-31").text
    assert "← Tháng 7/2026" in month and "Tháng 9/2026" not in month


def test_months(site: TestClient) -> None:
    found = states(site, "newspaper=baolaocai&by=month&from=2026-06-10&to=2026-09-02")
    assert found == {
        ("baolaocai", "Xã hội"): {
            "2026-06": (0, "never"),
            "2026-07": (1, "held"),
            "2026-08": (0, "partly"),
            "2026-09": (0, "never"),
        }
    }
    assert list(states(site, "newspaper=baolaocai&by=month")["baolaocai", "Xã hội"]) == ["2026-07", "2026-08"]
    page = site.get("/coverage?newspaper=baolaocai&by=month").text
    assert 'href="/coverage?newspaper=baolaocai&amp;from=2026-08-01&amp;to=2026-08-31"' in page


def test_all_newspapers_on_one_chart(site: TestClient) -> None:
    page = site.get("/coverage?from=2026-07-01&to=2026-10-10&by=month").text
    link = "/coverage?newspaper=baolaocai&amp;from=2026-07-01&amp;to=2026-10-10&amp;by=month"
    assert f'<a class="of-row" href="{link}">Báo Lào Cai</a>' in page
    shown = re.findall(r'<td class="c ([a-z]+)[^"]*" title="Báo Lào Cai, Tháng (\d+)/2026', page)
    assert {month: kind for kind, month in shown} == {"7": "held", "8": "partly", "9": "never", "10": "never"}


def test_the_table_for_researchers(site: TestClient) -> None:
    answer = site.get(f"/coverage.csv?{DAYS}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content.startswith(b"\xef\xbb\xbfnewspaper,section,day,articles,state,covered\r\n")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    said = {(row["section"], row["day"]): (int(row["articles"]), row["state"]) for row in rows}
    for (newspaper, section), days in states(site, DAYS).items():
        name = f"'{section}" if section == HOSTILE else section or ""  # a spreadsheet must not reckon with it
        assert newspaper == "baocantho"
        assert {day: said[name, day] for day in days} == days
    assert len(rows) == 4 * 11
    every = list(csv.DictReader(io.StringIO(site.get("/coverage.csv?by=month").content.decode("utf-8-sig"))))
    assert {(row["newspaper"], row["month"], row["state"]) for row in every} >= {
        ("baolaocai", "2026-07", "held"), ("baolaocai", "2026-10", "never"), ("baocantho", "2026-10", "partly"),
    }  # fmt: skip


def test_hostile_names_stay_texts(site: TestClient) -> None:
    for query in (DAYS, "newspaper=baocantho&section=%3Cscript%3Ealert(2)", "newspaper=%22%3E%3Cscript%3E"):
        page = site.get(f"/coverage?{query}").text
        assert "<script>" not in page
        Elements(page)


def test_a_section_alone(site: TestClient) -> None:
    for section in ("van-hoa", "Văn hóa", "van hoa"):
        assert list(states(site, f"{DAYS}&section={section}")) == [("baocantho", CULTURE)]
    assert "Không có chuyên mục nào tên “Nông nghiệp”" in site.get(f"/coverage?{DAYS}&section=Nông nghiệp").text


@pytest.mark.parametrize(
    "query",
    [
        "from=hôm+qua",
        "to=0001-01-01",
        "from=9999-12-31",
        "from=2026-02-02&to=2026-01-01",
        "newspaper=baola",
        "by=year",
        "from=1900-01-01&to=2026-01-01",
    ],
)
def test_wrong_questions_are_told(site: TestClient, query: str) -> None:
    page = site.get(f"/coverage?{query}")
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    for path in ("/api/coverage", "/coverage.csv"):
        assert site.get(f"{path}?{query}").status_code == 400
    assert site.get(f"/api/coverage?{query}").json()["wrong"]


@given(
    st.dictionaries(
        st.sampled_from(["newspaper", "section", "from", "to", "by"]),
        st.one_of(st.text(), st.dates().map(str), st.sampled_from(["baocantho", "month", "day"])),
    )
)
@settings(max_examples=100, deadline=None)
def test_no_question_breaks_the_chart(site: TestClient, values: Mapping[str, str]) -> None:
    try:
        page = site.get("/coverage", params=dict(values))
    except UnicodeEncodeError:
        return
    assert page.status_code in {200, 400}
    Elements(page.text)


def test_a_search_without_hits_leads_to_the_chart(site: TestClient) -> None:
    page = html.unescape(
        site.get("/search?q=vắng&newspaper=baocantho&section=thoi-su&from=2026-10-02&to=2026-10-12").text
    )
    assert f'href="/coverage?newspaper=baocantho&section=thoi-su&{DAYS.partition("&")[2]}"' in page
    years = html.unescape(site.get("/search?q=vắng&from=2020-01-01&to=2026-10-12").text)
    (address,) = re.findall(r'href="(/coverage\?[^"]+)"', years)
    assert address.endswith("by=month") and site.get(address).status_code == 200


def test_where_nobody_noted_what_was_read(tmp_path: Path) -> None:
    collection = build_covered(tmp_path / "c")
    with collection.catalog(writable=True) as catalog:
        catalog.connection.execute("DELETE FROM coverage")
    older = TestClient(site_app(collection, REPLAY, clock=lambda: NOW))
    page = older.get(f"/coverage?{DAYS}").text
    assert "không có nghĩa là báo không đăng" in page
    assert 'class="c empty"' not in re.sub(r"<dl.*?</dl>", "", page, flags=re.DOTALL)


def test_an_empty_collection(tmp_path: Path) -> None:
    empty = TestClient(site_app(Collection.create(tmp_path / "c"), REPLAY))
    assert "chưa có bài nào" in empty.get("/coverage").text
    assert empty.get("/api/coverage").json() == {
        "by": "day", "from": None, "to": None, "sections": [], "found_by": [],
    }  # fmt: skip
    assert empty.get("/coverage.csv").text.splitlines()[1:] == []


def test_an_article_of_the_future_does_not_move_the_calendar(tmp_path: Path) -> None:
    collection = build_covered(tmp_path / "c")
    with collection.catalog(writable=True) as catalog:
        catalog.connection.execute("UPDATE articles SET published_at = '2062-01-01T00:00:00Z' WHERE id = 'baocantho:3'")
    later = TestClient(site_app(collection, REPLAY, clock=lambda: NOW))
    assert later.get("/api/coverage?newspaper=baocantho").json()["to"] == "2026-10-10"


# the counting itself


def test_days_are_those_of_the_newspapers_calendar() -> None:
    assert calendar({"time_zone": "Nowhere/At_All"}) == calendar({}) == ZoneInfo("Asia/Ho_Chi_Minh")
    zone = ZoneInfo("Europe/Paris")
    march = periods(date(2026, 3, 28), date(2026, 3, 30), "day", zone)
    assert [one.ends - one.begins for one in march] == [timedelta(hours=24), timedelta(hours=23), timedelta(hours=24)]
    months = periods(date(2026, 12, 31), date(2027, 2, 1), "month", zone)
    assert [(one.first, one.last) for one in months] == [
        (date(2026, 12, 1), date(2026, 12, 31)), (date(2027, 1, 1), date(2027, 1, 31)),
        (date(2027, 2, 1), date(2027, 2, 28)),
    ]  # fmt: skip


def test_what_was_read_twice_counts_once(tmp_path: Path) -> None:
    collection = Collection.create(tmp_path / "c")
    noon = local(5, 12)
    spans = [(NEWS, local(5), noon), ("thoi-su", local(5, 6), local(5, 18)), ("thoi-su", local(6), local(7))]
    looked_at(collection, "baocantho", spans)
    days = periods(date(2026, 10, 5), date(2026, 10, 6), "day", ZoneInfo("Asia/Ho_Chi_Minh"))
    with collection.catalog() as catalog:
        (row,) = sections(catalog.connection, "baocantho", CARDS["baocantho"], days)
        assert [cell.covered for cell in row.cells] == [0.75, 1.0]
        assert [cell.state for cell in whole([row], 2)] == ["partly", "empty"]
        assert sections(catalog.connection, "baolaocai", CARDS["baolaocai"], days) == []
    assert [cell.state for cell in whole([], 2)] == ["never", "never"]


def test_every_instant_of_a_span_is_counted(tmp_path: Path) -> None:
    """However a span lies, the shares of the days add up to it."""
    collection = Collection.create(tmp_path / "c")
    since = datetime(2026, 10, 3, 4, 5, 6, 7, tzinfo=UTC)
    until = datetime(2026, 10, 8, 9, 10, 11, 12, tzinfo=UTC)
    looked_at(collection, "baocantho", [(NEWS, since, until)])
    days = periods(date(2026, 10, 1), date(2026, 10, 10), "day", ZoneInfo("Asia/Ho_Chi_Minh"))
    with collection.catalog() as catalog:
        (row,) = sections(catalog.connection, "baocantho", {}, days)
    assert sum(cell.covered for cell in row.cells) == pytest.approx((until - since) / timedelta(days=1))


def test_which_way_found_what_is_shown_and_given(tmp_path: Path) -> None:
    collection = Collection.create(tmp_path / "c")
    writing = session(collection)
    listed(writing, "section", NEWS, "1", "2")
    listed(writing, "feed", "http://baocantho.test/rss/<b>", "2", "3")
    writing.close("finished", lambda: ({}, {}))
    client = TestClient(site_app(collection, REPLAY, clock=lambda: NOW))
    found = client.get("/api/coverage?newspaper=baocantho").json()["found_by"]
    assert [(one["kind"], one["source"], one["articles"], one["alone"]) for one in found] == [
        ("feed", "http://baocantho.test/rss/<b>", 2, 1), ("section", NEWS, 2, 1),
    ]  # fmt: skip

    assert all(one["way"] == one["kind"] for one in found)  # the former name
    page = client.get("/coverage?newspaper=baocantho&from=2026-10-01&to=2026-10-05").text
    assert "Chỉ ở đây" in page and "rss/&lt;b&gt;" in page and "rss/<b>" not in page


def listed(writing: Session, way: SourceKind, source: str, *numbers: str) -> None:
    answer = Answer(url=f"http://baocantho.test/{way}", kind="section", section=None, fetched_at=NOW, status=200)
    urls = tuple(f"http://baocantho.test/bai-a{number}.html" for number in numbers)
    writing.addresses.listed(answer, Listed(source_kind=way, source=source, articles=urls)).result(60)
