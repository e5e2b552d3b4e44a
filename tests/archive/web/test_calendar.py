"""The calendar of an address shows all its captures, told apart by kind, and what changed between them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from fastapi.testclient import TestClient
from support.browsing import NEEDS_CHROMIUM, OVERHANG, barriers
from support.collection_builder import CollectionBuilder, make_article
from support.sample import CARDS, REPLAY
from support.serving import app_served

from archive.article import Block
from archive.changes.comparison import changes
from archive.changes.words import Piece, compared
from archive.web.app import site_app
from archive.web.calendar.view import MOST_LISTED, Period, read_period

URL = "https://baocantho.com.vn/cau-moi.html?a=1"
STORY = make_article(
    1, url=URL, title="Cầu mới", lead=None,
    body=(Block(type="paragraph", text="Có 9.200 người đi qua cầu."), Block(type="paragraph", text="Hết.")),
)  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    builder = CollectionBuilder(tmp_path_factory.mktemp("calendar") / "collection", CARDS)
    builder.instant = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)  # 23:00 in Vietnam, still 2025
    builder.publish(STORY)
    builder.instant = datetime(2025, 12, 31, 18, 0, tzinfo=UTC)  # 01:00 of the new year
    body = (Block(type="paragraph", text="Có 14.500 người đi qua cầu."), *STORY.body[1:])
    second = builder.publish(attrs.evolve(STORY, body=body, title="<i>Cầu mới"))
    builder.capture(URL, b"", revisit_of=second.capture)
    builder.capture(URL, b"", status="304 Not Modified", revisit_of=second.capture)
    builder.instant += timedelta(days=40)
    builder.capture(URL, b"", status="301 Moved Permanently", headers=[("Location", "/x")])
    builder.capture(URL, b"", status="404 Not Found")
    builder.capture(URL, b"", status="503 Service Unavailable")
    for number in range(MOST_LISTED + 1):
        builder.instant = datetime(2027, 3, 1, tzinfo=UTC) + timedelta(hours=number)
        builder.capture("https://baocantho.com.vn/nhieu.html", b"<p>%d" % number)
    return TestClient(site_app(builder.close(), REPLAY), follow_redirects=False)


def signs(page: str) -> list[str]:
    """The signs of the captures that are listed."""
    return re.findall(r'<li><span class="sign [a-z_]+" aria-hidden="true">(.)</span> <a href="/web/[0-9]{14}/', page)


def test_each_kind_has_a_sign_and_a_word(client: TestClient) -> None:
    page = client.get(f"/web/*/{URL}", headers={"Accept-Language": "en"})
    assert page.status_code == 200 and "7 captures, from" in page.text
    assert signs(page.text) == ["●", "○", "=", "→", "×", "!"]
    for word in ("same bytes as before", "unchanged, the server said (304)", "redirect", "4xx", "5xx"):
        assert word in page.text


def test_days_are_those_of_vietnam(client: TestClient) -> None:
    assert signs(client.get(f"/web/2025*/{URL}").text) == ["●"]
    assert signs(client.get(f"/web/20251231*/{URL}").text) == ["●"]
    assert signs(client.get(f"/web/20260101*/{URL}").text) == ["●", "○", "="]
    assert signs(client.get(f"/web/202602*/{URL}").text) == ["→", "×", "!"]
    assert signs(client.get(f"/web/2024*/{URL}").text) == []


def test_many_captures_are_listed_by_day(client: TestClient) -> None:
    url = "https://baocantho.com.vn/nhieu.html"
    page = client.get(f"/web/2027*/{url}", headers={"Accept-Language": "en"}).text
    assert len(signs(page)) == MOST_LISTED and f"The first {MOST_LISTED} are listed" in page
    assert len(signs(client.get(f"/web/20270302*/{url}").text)) == 24


def test_changes_are_shown_word_by_word(client: TestClient) -> None:
    page = client.get(f"/web/2026*/{URL}").text
    (address,) = re.findall(r'href="(/changes/[^"]+)"', page)
    changed = client.get(address.replace("&amp;", "&"))
    assert changed.status_code == 200
    # without what screen readers say before and behind
    shown = re.sub('<span class="unseen".*?</span>', "", changed.text)
    assert "Có <del>9.200</del><ins>14.500</ins> người đi qua cầu." in shown
    assert "<ins>&lt;i&gt;</ins>" in shown or "<ins>&lt;</ins>" in shown
    article = client.get("/article/baocantho:196001").text
    assert address in article and f'href="/web/*/{URL}"' in article


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/web/*/https://baocantho.com.vn/never.html", 404),
        ("/web/20261*/" + URL, 404),
        ("/web/20261301*/" + URL, 404),
        ("/web/202600*/" + URL, 404),
        ("/web/*/javascript:alert(1)", 404),
        ("/changes/baocantho:196001?from=a&to=b", 404),
        ("/changes/nowhere:1", 404),
        ("/captures", 200),
        ("/captures?url=javascript:alert(1)", 400),
    ],
)
def test_what_is_no_calendar(client: TestClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_an_address_is_typed(client: TestClient) -> None:
    wrong = client.get("/captures", params={"url": "<b>cầu mới"}, headers={"Accept-Language": "en"})
    assert "This is not an address of the web:" in wrong.text and wrong.text.count("&lt;b&gt;cầu mới") == 2
    answer = client.get("/captures", params={"url": "baocantho.com.vn/cau-moi.html?a=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/web/*/http://baocantho.com.vn/cau-moi.html?a=1")
    assert client.get(answer.headers["location"]).status_code == 200


def test_texts_are_compared_by_words() -> None:
    assert compared("bốn giờ sáng", "năm giờ sáng") == (
        Piece("removed", "bốn"), Piece("added", "năm"), Piece("same", " giờ sáng"),
    )  # fmt: skip
    assert compared("a", "a") == (Piece("same", "a"),)
    assert compared("", "b") == (Piece("added", "b"),)


@pytest.mark.browser
@pytest.mark.skipif(NEEDS_CHROMIUM[1].args[0], reason="no Chromium here")
@pytest.mark.parametrize("page", [1280, 360], indirect=True)
def test_it_fits_narrow_windows_and_has_no_barriers(client: TestClient, page: Any) -> None:
    with app_served(client.app) as origin:
        page.goto(f"{origin}/web/20260101*/{URL}")
        assert page.evaluate(OVERHANG) <= 0
        assert barriers(page) == []
        assert page.locator("main form input[name=url]").bounding_box()["width"] > 250
        days = page.locator(".sheet .uncaptured")
        assert days.count() > 20 and days.first.evaluate("day => getComputedStyle(day).boxShadow") == "none"


def test_one_capture_has_one_time(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection", CARDS)
    builder.capture(URL, b"<p>x")
    page = TestClient(site_app(builder.close(), REPLAY)).get(f"/web/*/{URL}").text
    (total,) = re.findall('<p class="total">(.*?)</p>', page)
    assert total.startswith("1 bản lưu, ") and "đến" not in total


def test_a_text_that_is_too_long_is_replaced_whole() -> None:
    former, later = ("a b " * 2000).strip(), ("c d " * 2000).strip()
    assert compared(former, later) == (Piece("removed", former), Piece("added", later))


def test_paragraphs_that_moved_in_and_out() -> None:
    texts = [Block(type="paragraph", text=text) for text in ("một", "hai", "ba")]
    former, later = attrs.evolve(STORY, body=tuple(texts)), attrs.evolve(STORY, body=(texts[0], texts[2], texts[1]))
    assert [part.pieces for part in changes(former, later) if not part.field and part.is_changed] != []
    same = [part for part in changes(former, former) if part.is_changed]
    assert same == []


@pytest.mark.parametrize(
    ("digits", "bounds"),
    [
        ("2026", ("2025-12-31T17:00:00", "2026-12-31T17:00:00")),
        ("202612", ("2026-11-30T17:00:00", "2026-12-31T17:00:00")),
        ("20261231", ("2026-12-30T17:00:00", "2026-12-31T17:00:00")),
    ],
)
def test_bounds_of_periods(digits: str, bounds: tuple[str, str]) -> None:
    period = read_period(digits)
    assert isinstance(period, Period) and period.bounds == bounds
