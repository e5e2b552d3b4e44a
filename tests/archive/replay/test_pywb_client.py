"""pywb replays the archive over the network: by the CDX server and the stored bytes, and by Memento."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from support.pywb_place import needs_pywb, pywb_over
from support.revisits import Visited
from support.serving import running

from archive.web.serve import Serving

pytestmark = needs_pywb


@pytest.fixture(scope="module")
def serving(visited: Visited) -> Iterator[Serving]:
    with running(visited.collection, Path("viewer")) as found:
        yield found


@pytest.fixture(scope="module")
def pywb(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    held = {"cdx": f"cdx+{serving.replay}/cdx /web", "memento": f"memento+{serving.replay}/web/"}
    with pywb_over(tmp_path_factory.mktemp("pywb"), held) as address:
        yield address


@pytest.mark.parametrize("source", ["cdx", "memento"])
def test_pywb_replays_every_capture(visited: Visited, pywb: str, source: str) -> None:
    shown = {}
    with httpx.Client(timeout=60) as client:
        for visit in visited.visits:
            answer = client.get(f"{pywb}/{source}/{visit.timestamp}id_/{visit.url}")
            shown[visit.url, visit.timestamp] = (
                answer.status_code,
                answer.headers.get("content-type"),
                answer.headers.get("memento-datetime"),
                answer.content,
            )
    assert shown == {
        (visit.url, visit.timestamp): (200, visit.mime, f"{visit.captured_at:%a, %d %b %Y %H:%M:%S} GMT", visit.content)
        for visit in visited.visits
    }


@pytest.mark.parametrize("source", ["cdx", "memento"])
def test_pywb_has_nothing_that_was_never_captured(pywb: str, source: str) -> None:
    assert httpx.get(f"{pywb}/{source}/2026id_/http://papers.test/never.html", timeout=60).status_code == 404


def test_pywbs_timemap_has_our_captures(visited: Visited, pywb: str) -> None:
    for source in ("cdx", "memento"):
        listed = httpx.get(f"{pywb}/{source}/timemap/link/http://papers.test/page.html", timeout=60).text
        captures = {visit.timestamp for visit in visited.visits if visit.url == "http://papers.test/page.html"}
        assert captures and all(stamp in listed for stamp in captures), source
