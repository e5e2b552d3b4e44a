"""The page of a capture, the same in the API and the command: what finds, checks and cites its bytes."""

from __future__ import annotations

import json
import re
from typing import Any

import bibtexparser
import pytest
from fastapi.testclient import TestClient
from support.browsing import NEEDS_CHROMIUM, OVERHANG, barriers
from support.collection_builder import CollectionBuilder
from support.crawling import Demonstration, baotinh
from support.serving import app_served

from archive.clock import warc_date
from archive.export.citations.capture import CaptureReference, pwid
from archive.warc.reader import read_record
from archive.web.app import site_app

SITE, REPLAY = "https://archive.example.org", "https://replay.example.org"


@pytest.fixture(scope="module")
def reading(demonstration: Demonstration) -> TestClient:
    return TestClient(site_app(demonstration.collection, REPLAY, public_origin=SITE))


@pytest.fixture(scope="module")
def record_id(demonstration: Demonstration) -> str:
    with demonstration.collection.catalog() as catalog:
        return catalog.latest_versions(0, catalog.last_seq(), 1)[0].record_id


def test_it_says_what_the_record_says(demonstration: Demonstration, reading: TestClient, record_id: str) -> None:
    with demonstration.collection.catalog() as catalog:
        capture = catalog.capture(record_id)
    assert capture is not None
    record = read_record(demonstration.collection.warc_file(capture.file), capture.offset, capture.length)
    html = reading.get(f"/capture/{record_id}", headers={"Accept-Language": "en"}).text
    said = [record.header(name) for name in ("WARC-IP-Address", "WARC-Block-Digest", "WARC-Payload-Digest")]
    assert all(said)
    for text in (*said, record_id, capture.file, f"<code>{capture.offset}</code>", f"<code>{capture.length}</code>"):
        assert str(text) in html
    assert re.search(r"baotinh/[0-9.]+ Scrapy/", html)
    assert f"urn:pwid:archive.example.org:{capture.captured_at:%Y-%m-%dT%H:%M:%SZ}:page:{capture.url}" in html


def test_the_api_and_the_command_say_the_same(
    demonstration: Demonstration, reading: TestClient, record_id: str
) -> None:
    by_api = reading.get(f"/api/v1/captures/{record_id}").json()
    printed = baotinh(
        "show", by_api["article"], "--capture", "--json", "--site", SITE,
        "--collection", demonstration.collection.root,
    )  # fmt: skip
    assert json.loads(printed.stdout) == by_api
    assert by_api["archive_address"].startswith(f"{SITE}/web/")
    shown = baotinh("show", by_api["article"], "--capture", "--collection", demonstration.collection.root).stdout
    assert by_api["block_digest"] in shown and "@misc{" in shown


def test_the_bibtex_entry_is_read_by_others(reading: TestClient, record_id: str) -> None:
    values = reading.get(f"/api/v1/captures/{record_id}").json()
    (entry,) = bibtexparser.parse_string(values["bibtex"]).entries
    assert entry.entry_type == "misc"
    assert entry["url"] == values["url"] and values["pwid"].split(":page:")[0] in entry["note"]


def test_the_article_leads_there(reading: TestClient, record_id: str) -> None:
    article = reading.get(f"/api/v1/captures/{record_id}").json()["article"]
    assert f"/capture/{record_id}" in reading.get(f"/article/{article}").text.replace("%3A", ":")


def test_what_is_not_there_is_not_found(reading: TestClient) -> None:
    assert reading.get("/capture/urn:uuid:none").status_code == 404
    assert reading.get("/api/v1/captures/urn:uuid:none").status_code == 404


def test_a_pwid_is_a_urn(builder: CollectionBuilder) -> None:
    url = "https://baocantho.com.vn/tìm?q=a b&x=#[1]"
    ref = builder.capture(url, b"x", mime="image/png")
    capture = builder.catalog.capture(ref.record_id)
    assert capture is not None
    made = pwid(capture, "http://[::1]:8080")
    assert re.fullmatch(
        r"urn:pwid:[A-Za-z0-9.-]+:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ:part:[A-Za-z0-9._~!$&'()*+,;=:@/%-]+", made
    )
    assert made.endswith(":part:https://baocantho.com.vn/t%C3%ACm%3Fq=a%20b&x=%23%5B1%5D")


def test_a_revisit_names_its_original(builder: CollectionBuilder) -> None:
    first = builder.capture("https://baocantho.com.vn/a.html", b"<p>x")
    again = builder.capture("https://baocantho.com.vn/a.html", b"<p>x", revisit_of=first)
    found = CaptureReference.of(builder.collection, builder.catalog, again.record_id)
    assert found.original == first.record_id and found.software is None
    assert warc_date(found.captured_at) == warc_date(builder.instant)


@pytest.fixture
def builder(tmp_path: Any) -> CollectionBuilder:
    return CollectionBuilder(tmp_path / "collection")


@pytest.mark.browser
@pytest.mark.skipif(NEEDS_CHROMIUM[1].args[0], reason="no Chromium here")
@pytest.mark.parametrize("page", [1280, 360], indirect=True)
def test_it_fits_narrow_windows_and_has_no_barriers(demonstration: Demonstration, record_id: str, page: Any) -> None:
    with app_served(site_app(demonstration.collection, REPLAY)) as origin:
        page.goto(f"{origin}/capture/{record_id}")
        assert page.evaluate(OVERHANG) <= 0
        assert barriers(page) == []
