"""An address is withheld in all the spellings in which it was captured, or is later, and by whatever way one asks."""

from __future__ import annotations

import json
import unicodedata
import urllib.parse
from pathlib import Path

import httpx2 as httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.browsing import VIEWER
from support.crawling import baotinh
from support.import_samples import archive, general_page, response, run_import
from support.pywb_place import needs_pywb, pywb_over
from support.serving import running

from archive.collection import Collection
from archive.identity import uniform_key
from archive.reasons import WithholdingReason
from archive.replay.pywb import NAME, configuration, rules_of
from archive.warc.cdxj import urlkey
from archive.withholding import lift_withholding, withhold

HOST = "báothử.example"
PUNYCODE = HOST.encode("idna").decode()
PAGE = f"https://{HOST}/thời-sự/đường mới-post100001.html"
PATH = urllib.parse.quote("/thời-sự/đường mới-post100001.html")
NFD = urllib.parse.quote(unicodedata.normalize("NFD", "/thời-sự/đường mới-post100001.html"))
SPELLED = [
    f"https://{PUNYCODE}{PATH}",
    f"http://{PUNYCODE}{PATH}",
    f"http://www.{PUNYCODE}:80{PATH}",
    f"https://{PUNYCODE}{PATH.lower()}",
    f"https://{PUNYCODE}{PATH.replace('post', '%70ost')}",
    f"https://{PUNYCODE}{NFD}",
    f"https://{PUNYCODE}{PATH}/",
    f"https://{PUNYCODE}/.{PATH}",
    f"https://{PUNYCODE}/{PATH}",
    f"https://{PUNYCODE}.{PATH}",
    f"https://{PUNYCODE}{PATH};jsessionid=0A1B2C3D",
    f"https://{PUNYCODE}{PATH}?PHPSESSID=0123456789abcdef0123456789abcdef",
    f"https://{PUNYCODE}{PATH}?utm_source=zalo",
    PAGE,
    unicodedata.normalize("NFD", PAGE),
]
OTHERS = [f"https://{PUNYCODE}{PATH.replace('100001', '100002')}", f"https://{PUNYCODE}{PATH}?trang=2"]


def captured(root: Path, urls: list[str], first: int = 1) -> Collection:
    """A collection into which captures of these addresses are imported."""
    rows = [
        response(first + nth, url, general_page(f"Bài thứ {first + nth}"), f"2026-01-{nth + 1:02}T00:00:00Z")
        for nth, url in enumerate(urls)
    ]
    run_import(root, archive(root.with_name(f"{root.name}-{first}.warc.gz"), rows))
    return Collection.open(root)


def seen(collection: Collection) -> set[str]:
    with collection.for_readers.catalog() as catalog:
        return {capture.url for capture in catalog.every_capture()}


@pytest.mark.parametrize("asked", [SPELLED[0], SPELLED[5], SPELLED[10], PAGE])
def test_an_address_is_withheld_in_all_spellings(tmp_path: Path, asked: str) -> None:
    collection = captured(tmp_path / "kept", [*SPELLED[:12], *OTHERS])
    assert seen(collection) == {*SPELLED[:12], *OTHERS}
    withhold(collection, asked, WithholdingReason.COURT, "")
    assert seen(collection) == set(OTHERS)
    captured(tmp_path / "kept", SPELLED[12:], first=50)
    assert seen(collection) == set(OTHERS)
    with collection.for_readers.catalog() as catalog:
        assert len(catalog.article_ids()) <= len(OTHERS)
    assert baotinh("rebuild", "--collection", collection.root).returncode == 0
    assert seen(collection) == set(OTHERS)
    withhold(collection, SPELLED[3], WithholdingReason.COURT, "")  # is withheld
    lift_withholding(collection, SPELLED[1], "")
    assert seen(collection) == {*SPELLED, *OTHERS}


def test_no_spelling_is_shown_by_site_replay_and_export(tmp_path: Path) -> None:
    collection = captured(tmp_path / "kept", [*SPELLED, *OTHERS])
    withhold(collection, SPELLED[0], WithholdingReason.COURT, "")
    with running(collection, VIEWER) as serving, httpx.Client(timeout=60) as client:
        for url in [*SPELLED, SPELLED[0] + "?gclid=x", f"{HOST}{PATH}"]:
            for place in (f"{serving.site}/web/2026", f"{serving.replay}/web/2026id_", f"{serving.site}/web/*"):
                assert client.get(f"{place}/{url}").status_code == 451, (place, url)
            assert client.get(f"{serving.replay}/cdx", params={"url": url}).status_code == 404
        lines = client.get(f"{serving.replay}/cdx", params={"url": PUNYCODE, "matchType": "host"}).text.splitlines()
        assert {json.loads(line.split(" ", 2)[2])["url"] for line in lines} == set(OTHERS)
    done = baotinh(
        "export", "--format", "warc", "--output", tmp_path / "out.warc.gz", "--collection", collection.root
    )  # fmt: skip
    assert done.returncode in (0, 2), done.stderr
    found = run_import(tmp_path / "again", tmp_path / "out.warc.gz")
    assert {page["page"] for page in found.pages} <= set(OTHERS)


def test_a_host_is_withheld_in_all_spellings_of_its_name(tmp_path: Path) -> None:
    other = "https://tinhxa.example/mot-bai-post100003.html"
    collection = captured(tmp_path / "kept", [*SPELLED, *OTHERS, other])
    done = baotinh("hide", HOST, "--reason", "publisher", "--collection", collection.root)
    assert done.returncode == 0, done.stderr
    assert seen(collection) == {other}
    captured(tmp_path / "kept", [f"http://{PUNYCODE}./khac.html", f"https://{HOST}/nua.html"], first=50)
    assert seen(collection) == {other}


@needs_pywb
def test_pywb_finds_nothing_of_what_is_withheld(tmp_path: Path) -> None:
    collection = captured(tmp_path / "kept", [*SPELLED[:8], *OTHERS])
    place = tmp_path / "pywb"
    found = configuration(collection, rules_of(collection, place))
    with pywb_over(place, found.collections) as address, httpx.Client(timeout=60) as client:
        pages = {url: f"{address}/{NAME}/2026id_/{url}" for url in (*SPELLED[:8], *OTHERS)}
        for url, page in pages.items():
            assert client.get(page, follow_redirects=True).status_code == 200, url
        withhold(collection, SPELLED[0], WithholdingReason.COURT, "")
        for url, page in pages.items():
            expected = 200 if url in OTHERS else 404
            assert client.get(page, follow_redirects=True).status_code == expected, url
        lift_withholding(collection, SPELLED[0], "")
        assert client.get(pages[SPELLED[0]], follow_redirects=True).status_code == 200
        withhold(collection, HOST, WithholdingReason.COURT, "")
        assert client.get(pages[OTHERS[0]], follow_redirects=True).status_code == 404


HOSTS = ("a.vn", HOST, "[::1]", "a.vn:81")
SEGMENT = st.text("aZ9-_%áđ\u0301 ;()=.,+~@", max_size=6)


@given(st.lists(SEGMENT, max_size=4), st.lists(SEGMENT, max_size=2), st.sampled_from(HOSTS))
def test_a_uniform_key_is_its_own(path: list[str], query: list[str], host: str) -> None:
    key = urlkey(f"http://{host}/{'/'.join(path)}?{'&'.join(query)}")
    assert uniform_key(uniform_key(key)) == uniform_key(key)
