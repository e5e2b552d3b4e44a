"""The filters in force on every page that has filters: each stands above the list, and is removed by itself."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from support.browsing import NEEDS_BROWSER, OVERHANG, TIMEOUT, barriers, sync_api

from archive.web.serve import Serving

WORD, TERM, PAPER = ["q=s%C3%B4ng"], ["term=s%C3%B4ng"], "newspaper=baocantho"
SECTION = "section=Th%E1%BB%9Di+s%E1%BB%B1"
DAYS = ("from=2026-01-02", "to=2026-12-30")
SHARED = ("province=C%E1%BA%A7n+Th%C6%A1", SECTION, "author=An", "source=TTXVN", "language=vi", "kind=silent", *DAYS)
# Of each page: its path, what is no filter, and its filters in the order of its addresses
PAGES = [
    ("/search", WORD, [PAPER, *SHARED, "pictures=0", "changed=1", "once=1", "within=title"]),
    ("/search", [], [PAPER]),
    ("/pictures", WORD, [PAPER, *SHARED, "changed=1", "once=1"]),
    ("/export", WORD, [PAPER, *SHARED, "pictures=1", "changed=1", "once=1", "within=captions"]),
    ("/changes", [], [PAPER, SECTION, "kind=figures", "kind=withdrawn", "silent=1", *DAYS, "words=2", "text=an"]),
    ("/coverage", [], [PAPER, SECTION, *DAYS]),
    ("/runs", [], [PAPER, "outcome=finished", "job=night"]),
    ("/counts", TERM, [PAPER, "newspaper=baovinhlong", SECTION, "pictures=0", "changed=1", *DAYS, "scope=typed"]),
    ("/counts/near", TERM, [PAPER, "kind=headline", *DAYS]),
]  # fmt: skip
IN_ENGLISH = {"Accept-Language": "en"}


def chips(page: str) -> list[tuple[str, str]]:
    """The address and the name of each link that removes filters."""
    found = re.search(r'<ul class="chips in-force" aria-label="Filters in force">(.*?)</ul>', page, re.DOTALL)
    links = re.findall(r'<a href="([^"]*)">(.*?)</a>', found[1], re.DOTALL) if found else []
    return [(unescape(address), " ".join(unescape(re.sub(r"<[^>]+>", "", said)).split())) for address, said in links]


@pytest.mark.parametrize(("path", "kept", "filters"), PAGES)
def test_each_is_removed_by_itself_and_all_at_once(
    client: TestClient, path: str, kept: list[str], filters: list[str]
) -> None:
    def address(asked: list[str]) -> str:
        return path + "?" * bool(asked) + "&".join(asked)

    answer = client.get(address([*kept, *filters]), headers=IN_ENGLISH)
    assert answer.status_code in {200, 400}  # a newspaper that the sample does not have can be removed as well
    assert '<details class="filters" open>' not in answer.text or answer.status_code == 400
    found = [set(one.partition("?")[2].split("&")) for one, _ in chips(answer.text)]
    removed = [{*kept, *filters} - {one} for one in filters] + [set(kept)] * (len(filters) > 1)
    assert sorted(map(sorted, (one - {""} for one in found))) == sorted(map(sorted, removed))
    assert all(one.partition("?")[0] == path for one, _ in chips(answer.text))
    assert chips(client.get(address(kept), headers=IN_ENGLISH).text) == []
    for one, _ in chips(answer.text):
        assert client.get(one).status_code in {200, 400}


def test_their_names_say_what_is_removed(client: TestClient) -> None:
    asked = "newspaper=baocantho&kind=silent&from=2026-01-02&pictures=0&once=1&within=title&language=vi"
    page = client.get(f"/search?{asked}", headers=IN_ENGLISH).text
    assert [said.replace(" ×(remove filter)", "") for _, said in chips(page)] == [
        "Newspaper: Báo Cần Thơ", "Language: Vietnamese", "Kind of change: Silent", "Published from 2 January 2026",
        "Search in: Titles", "Only without pictures", "Each story once", "Remove all filters",
    ]  # fmt: skip
    assert '<span lang="vi">Báo Cần Thơ</span>' in page
    gallery = client.get("/pictures?once=1", headers=IN_ENGLISH).text
    assert [said for _, said in chips(gallery)] == ["Each picture once ×(remove filter)"]
    changes = client.get("/changes?from=2026-01-02&words=2", headers=IN_ENGLISH).text
    assert [said.split(" ×")[0] for _, said in chips(changes)][:2] == [
        "Captured from 2 January 2026", "Words changed, at least 2",
    ]  # fmt: skip


def test_a_filter_that_is_refused_can_be_removed(client: TestClient) -> None:
    page = client.get("/search?q=s%C3%B4ng&newspaper=nope", headers=IN_ENGLISH)
    assert page.status_code == 400 and [one for one, _ in chips(page.text)] == ["/search?q=s%C3%B4ng"]
    assert '<details class="filters" open>' in client.get("/search?from=x").text
    assert '<details class="filters">' in client.get("/search?q=%22").text


def test_hostile_values_stay_text(client: TestClient) -> None:
    value = quote("<script>alert(1)</script>")
    for path in ("/search?author=", "/changes?section=", "/coverage?section=", "/runs?job="):
        page = client.get(path + value).text
        assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


NARROWED = [f"{path}?{'&'.join([*kept, *filters])}" for path, kept, filters in PAGES]


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
@pytest.mark.parametrize("path", NARROWED)
@NEEDS_BROWSER[0]
@NEEDS_BROWSER[1]
def test_narrowed_pages_hold_no_barriers_and_fit(page: sync_api.Page, serving: Serving, path: str) -> None:
    for lang in ("vi", "en"):
        page.goto(f"{serving.site}{path}&lang={lang}")
        assert page.locator("ul.in-force li").count() and barriers(page) == []
        assert page.evaluate(OVERHANG) <= 0


@NEEDS_BROWSER[0]
@NEEDS_BROWSER[1]
def test_one_is_removed_by_keyboard_without_scripts(browser: sync_api.Browser, serving: Serving) -> None:
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    page.goto(f"{serving.site}/search?q=song&newspaper=baocantho&pictures=1")
    page.get_by_role("link", name="Only with pictures").press("Enter")
    page.wait_for_url("**/search?q=song&newspaper=baocantho")
    filters = page.get_by_role("list", name="Filters in force").get_by_role("link")
    assert [one.inner_text().split(" ×")[0] for one in filters.all()] == ["Newspaper: Báo Cần Thơ"]
    context.close()
