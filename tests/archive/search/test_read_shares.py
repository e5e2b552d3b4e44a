"""Which periods of a timeline were crawled: by the coverage of the lists, not by what is held."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from support.covered import CULTURE, NEWS, NOW, build_covered, local, looked_at, publish, session
from support.sample import REPLAY

from archive.collection import Collection
from archive.coverage import calendar, periods, sections, whole
from archive.search.filters import Filters
from archive.search.indexing.index import follow
from archive.search.selection import Selection
from archive.search.timeline import read_timeline
from archive.web.app import site_app


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return build_covered(tmp_path_factory.mktemp("read") / "c")


def read(collection: Collection, grain: str = "day", **filters: str) -> dict[str, float]:
    timeline = read_timeline(collection, Selection.of("", Filters(**filters)), grain=grain)  # type: ignore[arg-type]
    return {point.first.isoformat(): round(point.read, 3) for point in timeline.points}


def test_days_are_read_as_far_as_the_lists_of_the_section(covered: Collection) -> None:
    found = read(covered, newspaper="baocantho", section=NEWS)
    assert found == dict.fromkeys(("2026-10-05", "2026-10-06", "2026-10-07", "2026-10-08"), 1.0)
    # of the 6th one of two sections, of the 7th the other for three quarters of the day
    whole_paper = read(covered, newspaper="baocantho")
    assert whole_paper == {"2026-10-05": 0.5, "2026-10-06": 0.5, "2026-10-07": 0.875, "2026-10-08": 1.0}
    assert read(covered, province="Cần Thơ") == whole_paper
    assert read(covered, "month", newspaper="baolaocai") == {"2026-07-01": 1.0}
    both = read(covered, "month")
    assert list(both) == ["2026-07-01", "2026-08-01", "2026-09-01", "2026-10-01"]
    assert (both["2026-07-01"], both["2026-09-01"]) == (round(1 / 3, 3), 0.0)


def test_shares_are_those_of_the_coverage_of_a_section(covered: Collection) -> None:
    with covered.catalog() as catalog:
        profile = catalog.newspapers()["baocantho"]
        days = periods(date(2026, 10, 5), date(2026, 10, 8), "day", calendar(profile))
        rows = [
            one for one in sections(catalog.connection, "baocantho", profile, days) if one.section in {NEWS, CULTURE}
        ]
        shares = [cell.covered for cell in whole(rows, len(days))]
    assert list(read(covered, newspaper="baocantho").values()) == pytest.approx(shares, abs=0.001)


def test_a_stray_article_does_not_make_a_period_crawled(tmp_path: Path) -> None:
    collection = Collection.create(tmp_path / "c")
    writing = session(collection)
    for number, month in enumerate((6, 7, 8), 1):
        publish(writing, number, NEWS, local(15, 8, month=month))
    writing.close("finished", lambda: (writing.counts, {}))
    looked_at(
        collection,
        "baocantho",
        [(NEWS, local(1, month=7), local(1, month=8)), (NEWS, local(10, month=8), local(1, month=9))],
    )
    follow(collection)
    assert read(collection, "month")["2026-06-01"] == 0 and read(collection, "month")["2026-07-01"] == 1
    site = TestClient(site_app(collection, REPLAY, clock=lambda: NOW))
    page = site.get("/search?q=bài&grain=month", headers={"Accept-Language": "en"}).text
    assert page.count('<rect class="never"') == 1 and re.search(r"(06/|June? )2026: not crawled", page)
    assert page.count('<rect class="partly"') == 1 and "crawled in part, 70% read" in page
    assert "not crawled: whether anything was published is not known" in page
    assert (
        "chưa thu thập: không biết báo có đăng không"
        in site.get("/search?q=bài", headers={"Accept-Language": "vi"}).text
    )
    rows = site.get("/search/timeline.csv?q=bài&grain=month").text.splitlines()
    assert [row.rsplit(",", 1)[1] for row in rows[:3]] == ["read", "0.0", "1.0"]
    points = site.get("/api/v1/timeline?q=bài&grain=month").json()["points"]
    assert [point["read"] for point in points][:2] == [0.0, 1.0]
