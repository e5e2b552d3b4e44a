"""Revisits replay in ReplayWeb.page: a reader sees what the original holds, text and pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from archive.web.serve import Serving
from tests.replay.revisits import Visited
from tests.web import test_browser
from tests.web.test_serve import running

browser, page = test_browser.browser, test_browser.page
pytestmark = test_browser.pytestmark


@pytest.fixture(scope="module")
def serving(visited: Visited) -> Iterator[Serving]:
    with running(visited.collection, test_browser.VIEWER) as found:
        yield found


def test_the_viewer_shows_the_original(page: Any, visited: Visited, serving: Serving) -> None:
    hinted = ("/hinted.html", "/cau-moi-a1.html")  # originals behind interim answers
    pages = [visit for visit in visited.visits if visit.is_revisit or visit.url.endswith(hinted)]
    pages = [visit for visit in pages if not visit.url.endswith(".png")]
    shown = {}
    for visit in pages:
        page.goto(f"{serving.replay}/?{urlencode({'url': visit.url, 'ts': visit.timestamp})}")
        body = page.frame_locator("replay-web-page iframe").frame_locator("iframe").locator("body")
        body.locator("h1").first.wait_for()
        shown[visit.url, visit.timestamp] = body.locator("h1").all_inner_texts()
    assert shown == {
        (visit.url, visit.timestamp): re.findall(r"<h1[^>]*>(?:<a>)?(.*?)(?:</a>)?</h1>", visit.content.decode())
        for visit in pages
    }


def test_the_viewer_paints_a_picture_that_is_a_revisit(page: Any, visited: Visited, serving: Serving) -> None:
    found = {visit.url: visit for visit in visited.visits}
    album, picture = found["http://other.test/album.html"], found["http://other.test/picture.png"]
    assert album.is_revisit and picture.is_revisit
    page.goto(f"{serving.replay}/?{urlencode({'url': album.url, 'ts': album.timestamp})}")
    shown = page.frame_locator("replay-web-page iframe").frame_locator("iframe")
    assert shown.locator("img").evaluate(test_browser.LOADED) == 120
