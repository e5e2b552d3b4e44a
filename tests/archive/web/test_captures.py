"""The lasting addresses of captures lead to the replay of exactly that capture, or of the nearest."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from fastapi.testclient import TestClient
from support.collection_builder import CollectionBuilder
from support.sample import CARDS, REPLAY

from archive.clock import timestamp14
from archive.collection import Collection
from archive.reasons import WithholdingReason
from archive.web.app import site_app
from archive.withholding import withhold

PAGE = "https://baocantho.com.vn/tin.html?lang=en&a=%C6%B0"


@pytest.fixture
def captured(tmp_path: Path) -> tuple[TestClient, list[str]]:
    builder = CollectionBuilder(tmp_path / "collection", CARDS)
    stamps = []
    for _ in range(2):
        builder.instant += timedelta(days=10)
        builder.capture(PAGE, b"<p>tin")
        stamps.append(timestamp14(builder.instant))
    return TestClient(site_app(builder.close(), REPLAY), follow_redirects=False), stamps


def replayed(location: str) -> dict[str, str]:
    assert location.startswith(f"{REPLAY}/?")
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def test_each_capture_has_an_address(captured: tuple[TestClient, list[str]]) -> None:
    client, stamps = captured
    for stamp in stamps:
        answer = client.get(f"/web/{stamp}/{PAGE}", headers={"Accept-Language": "en"})
        assert answer.status_code == 302
        assert replayed(answer.headers["location"]) == {"url": PAGE, "ts": stamp, "lang": "en"}
        assert client.head(f"/web/{stamp}/{PAGE}").status_code == 302


@pytest.mark.parametrize(("asked", "which"), [("2000", 0), ("20991231", 1), ("19990101000000", 0)])
def test_another_time_leads_to_the_nearest(captured: tuple[TestClient, list[str]], asked: str, which: int) -> None:
    client, stamps = captured
    answer = client.get(f"/web/{asked}/{PAGE}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/web/{stamps[which]}/{PAGE}")


def test_an_address_is_taken_as_people_and_programs_write_it(captured: tuple[TestClient, list[str]]) -> None:
    client, stamps = captured
    host = PAGE.removeprefix("https://")
    forms = [host, f"https:/{host}", quote(PAGE, safe=""), PAGE.replace("%C6%B0", "ư"), PAGE + "#top"]
    forms.append(unicodedata.normalize("NFD", PAGE.replace("%C6%B0", "ư")))
    for form in forms:
        answer = client.get(f"/web/2000/{form}")
        assert (answer.status_code, answer.headers["location"]) == (302, f"/web/{stamps[0]}/{PAGE}"), form


def test_what_is_withheld_is_so_in_every_spelling(captured: tuple[TestClient, list[str]], tmp_path: Path) -> None:
    held = Collection.open(tmp_path / "collection")
    withhold(held, PAGE, WithholdingReason.COURT, "")
    client, stamp = TestClient(site_app(held.for_readers, REPLAY), follow_redirects=False), captured[1][0]
    letters = PAGE.replace("%C6%B0", "ư")
    for form in (PAGE, letters, unicodedata.normalize("NFD", letters)):
        assert client.get(f"/web/{stamp}/{form}").status_code == 451
        assert client.get(f"/web/*/{form}").status_code == 451


def test_what_was_never_captured_is_said_by_the_replay(captured: tuple[TestClient, list[str]]) -> None:
    client, _ = captured
    answer = client.get("/web/20260101000000/https://baocantho.com.vn/other.html")
    assert replayed(answer.headers["location"]) == {"url": "https://baocantho.com.vn/other.html", "lang": "vi"}


@pytest.mark.parametrize(
    "path",
    ["2026/javascript:alert(1)", "20261332/https://x.vn/", "abc/https://x.vn/", "2026/x", "2026/http://" + "a" * 5000],
)
def test_what_is_no_capture_is_not_found(captured: tuple[TestClient, list[str]], path: str) -> None:
    client, _ = captured
    assert client.get(f"/web/{path}").status_code == 404
