"""What became of an article's page: read in order, told on its page and by `show`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from support.covered import NEWS, local, publish, session
from support.crawling import baotinh

from archive.catalog.lifecycle import PageStatus, StatusChange
from archive.catalog.versions import changes_of
from archive.clock import warc_date
from archive.collection import Collection
from archive.web.app import site_app

URL = "http://baocantho.test/bai-a1.html"
ID = "baocantho:1"
Entry = tuple[str, datetime, str, int | None, str | None]


def held(root: Path, fates: Iterable[Entry] = ()) -> Collection:
    """A collection with one article, and these fates of it."""
    writing = session(Collection.create(root))
    publish(writing, 1, NEWS, local(5))
    writing.close("finished", lambda: ({}, {}))
    with writing.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        for fate, at, url, status, leads_to in fates:
            connection.execute(
                """INSERT INTO status_history (article_id, status, at, url, http_status, leads_to, record_id)
                VALUES (?, ?, ?, ?, ?, ?, 'urn:uuid:1')""",
                (ID, fate, warc_date(at), url, status, leads_to),
            )
    return writing.collection


def day(number: int) -> datetime:
    return datetime(2026, 11, number, 1, 15, 7, tzinfo=UTC)


def page(collection: Collection) -> str:
    return TestClient(site_app(collection, "http://127.0.0.1:8001")).get(f"/article/{ID}").text


def test_they_come_oldest_first(tmp_path: Path) -> None:
    collection = held(tmp_path, [("restored", day(9), URL, 200, None), ("gone", day(3), URL, 404, None)])
    with collection.catalog() as catalog:
        assert changes_of(catalog.connection, ID) == [
            StatusChange(ID, PageStatus.GONE, day(3), URL, 404, None, "urn:uuid:1"),
            StatusChange(ID, PageStatus.RESTORED, day(9), URL, 200, None, "urn:uuid:1"),
        ]
        assert changes_of(catalog.connection, "baocantho:2") == []


@pytest.mark.parametrize(
    ("fate", "status", "leads_to", "said"),
    [
        ("withdrawn", 410, None, "Báo đã gỡ bài này: địa chỉ trả lời 410 từ 08:15:07 ngày 03/11/2026 (UTC+7)"),
        ("withdrawn", None, None, "Báo đã gỡ bài này: địa chỉ trả lời rằng không còn từ 08:15:07"),
        ("gone", 404, None, "Không còn trang ở địa chỉ của bài: trả lời 404 từ 08:15:07 ngày 03/11/2026"),
        ("moved", 301, "http://baocantho.test/moi.html", "Báo đã chuyển bài này sang địa chỉ khác từ 08:15:07"),
        ("restored", 200, None, "Trang của bài đã trở lại từ 08:15:07 ngày 03/11/2026 (UTC+7)."),
    ],
)  # fmt: skip
def test_an_articles_page_tells_it(
    tmp_path: Path, fate: str, status: int | None, leads_to: str | None, said: str
) -> None:
    shown = page(held(tmp_path, [(fate, day(3), URL, status, leads_to)]))
    assert said in shown
    assert ("kho giữ bản lưu" in shown) == (fate != "restored")
    if leads_to:
        assert f'Địa chỉ mới: <a class="address" href="{leads_to}"' in shown


def test_all_are_listed_newest_first(tmp_path: Path) -> None:
    entries: list[Entry] = [
        ("gone", day(3), URL, 404, None), ("restored", day(5), URL, 200, None), ("withdrawn", day(9), URL, 410, None),
    ]  # fmt: skip
    shown = page(held(tmp_path, entries))
    listed = re.findall(r"<li>(.+?) từ \S+ ngày (\d\d)/11/2026 .*?Địa chỉ đã hỏi: .*?HTTP (\d+)", shown)
    assert [(number, status) for _, number, status in listed] == [("09", "410"), ("05", "200"), ("03", "404")]
    assert page(held(tmp_path / "other")).count("fate") == 0


def test_hostile_addresses_are_no_links(tmp_path: Path) -> None:
    shown = page(held(tmp_path, [("moved", day(3), "javascript:alert(1)", 301, '"><script>alert(2)</script>')]))
    assert "<script>" not in shown and 'href="javascript' not in shown


def test_show_prints_them(tmp_path: Path) -> None:
    held(tmp_path, [("gone", day(3), URL, 404, None), ("moved", day(9), URL, 301, "http://baocantho.test/moi.html")])
    said = baotinh("show", ID, "--collection", tmp_path)
    assert said.returncode == 0
    assert re.search(r"page gone +│ +2026-11-03T01:15:07\+00:00, HTTP 404, " + re.escape(URL), said.stdout)
    assert re.search(r"page moved .*\n.*now at http://baocantho\.test/moi\.html", said.stdout)
