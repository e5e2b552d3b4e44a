"""Revisits replay in pywb: at the address and time of each, what its original holds."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime

import httpx2 as httpx
import pytest
from support.asking import kept, metadata_of
from support.pywb_place import index_itself, needs_pywb, running_pywb
from support.revisits import PAPER, Visited

from archive.checking.collection import verify


@pytest.fixture(scope="module")
def pywb(visited: Visited, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of pywb over the collection's WARC files: by its CDXJ files as they lie there, and by pywb's own."""
    folder, collection = tmp_path_factory.mktemp("pywb"), visited.collection
    index_itself(collection.warc, folder / "index")
    with running_pywb(folder, collection.warc, ours=collection.cdxj, theirs=folder / "index") as address:
        yield address


def test_the_collection_holds_every_kind_of_revisit(visited: Visited) -> None:
    found = {(visit.url, visit.status): visit.refers_elsewhere for visit in visited.visits if visit.is_revisit}
    twins = {(f"http://papers.test/twin-{number}.html", 200) for number in (1, 2)}
    assert [found.pop(twin) for twin in twins & found.keys()] == [True]  # of the one that came first
    assert found == {
        ("http://papers.test/page.html", 200): False,
        ("http://papers.test/packed.html", 200): False,
        ("http://papers.test/plain.html", 200): False,
        ("http://papers.test/hinted.html", 200): False,
        ("http://papers.test/finer.html", 200): False,
        ("http://papers.test/retyped.txt", 200): False,
        ("http://papers.test/retyped-chunked.txt", 200): False,
        ("http://papers.test/plain.gz", 200): True,
        ("http://other.test/style.css", 200): True,
        ("http://other.test/elsewhere.html", 200): True,
        ("http://other.test/album.html", 200): True,
        ("http://other.test/picture.png", 200): True,
        (f"{PAPER}/thoi-su/", 200): True,
        (f"{PAPER}/thoi-su/", 304): True,
        (f"{PAPER}/rss/cate/thoi-su/", 200): False,
        (f"{PAPER}/cau-moi-a1.html", 304): False,
    }
    assert verify(visited.collection).findings == []


def test_a_head_that_does_not_fit_the_originals_body_stands_beside_the_record(visited: Visited) -> None:
    """pywb would give out the chunks of the original as they are, were a head without chunks in the block."""
    records = kept(visited.collection.root)
    revisits = [record for record in records if (record.header("WARC-Profile") or "").endswith("payload-digest")]
    with_head = {revisit.url for revisit in revisits if revisit.header("WARC-Truncated") == "length"}
    assert with_head == {revisit.url for revisit in revisits if revisit.block}
    assert "http://papers.test/page.html" in with_head and "http://papers.test/packed.html" not in with_head
    for revisit in revisits:
        beside = metadata_of(records, revisit).get("http-response-head")
        head = revisit.block if beside is None else base64.b64decode(beside)
        assert re.fullmatch(rb"HTTP/1.1 200 OK\r\n.*\r\n\r\n", head, re.DOTALL)


@needs_pywb
@pytest.mark.parametrize("index", ["ours", "theirs"])
def test_pywb_gives_the_originals_payload(visited: Visited, pywb: str, index: str) -> None:
    shown = {}
    with httpx.Client(timeout=60) as client:
        for visit in visited.visits:
            answer = client.get(f"{pywb}/{index}/{visit.timestamp}id_/{visit.url}")
            instant = answer.headers.get("memento-datetime")
            shown[visit.url, visit.timestamp] = (
                answer.status_code,
                answer.headers.get("content-type"),
                instant and parsedate_to_datetime(instant).astimezone(UTC),
                answer.content,
            )
    assert shown == {
        (visit.url, visit.timestamp): (
            200,
            visit.mime,
            visit.captured_at.astimezone(UTC).replace(microsecond=0),
            visit.content,
        )
        for visit in visited.visits
    }
    assert all(visit.content for visit in visited.visits)
