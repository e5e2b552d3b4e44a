"""Revisits replay in ReplayWeb.page: a reader sees what the original holds, text and pictures."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from support.browsing import LOADED, NEEDS_BROWSER, VIEWER
from support.daemons import until
from support.revisits import HTML, Visited
from support.serving import running

from archive.web.serve import Serving

pytestmark = NEEDS_BROWSER


@pytest.fixture(scope="module")
def serving(visited: Visited) -> Iterator[Serving]:
    with running(visited.collection, VIEWER) as found:
        yield found


FETCH = """async (address) => {
    const answer = await fetch(address);
    const octets = new Uint8Array(await answer.arrayBuffer());
    return [answer.status, btoa(Array.from(octets, (one) => String.fromCharCode(one)).join(""))];
}"""


@pytest.mark.parametrize("is_backwards", [False, True])
def test_the_viewer_gives_what_was_sent(page: Any, visited: Visited, serving: Serving, is_backwards: bool) -> None:
    """Fetched as a page's pictures are, in a browser that knows nothing yet: originals before revisits, and after."""
    visits = visited.visits[:: -1 if is_backwards else 1]
    first = next(visit for visit in visits if visit.mime == HTML)
    page.goto(f"{serving.replay}/?{urlencode({'url': first.url, 'ts': first.timestamp})}")
    page.frame_locator("replay-web-page iframe").frame_locator("iframe").locator("h1").first.wait_for()
    inner = next(frame for frame in page.frames if "mp_/" in frame.url)
    root = inner.url.partition("mp_/")[0].rpartition("/")[0]
    given = {}
    for visit in visits:
        status, content = inner.parent_frame.evaluate(FETCH, f"{root}/{visit.timestamp}id_/{visit.url}")
        given[visit.url, visit.timestamp] = status, base64.b64decode(content)
    assert given == {(visit.url, visit.timestamp): (200, visit.content) for visit in visits}


def test_the_viewer_shows_the_original(page: Any, visited: Visited, serving: Serving) -> None:
    hinted = ("/hinted.html", "/cau-moi-a1.html")  # originals behind interim answers
    pages = [visit for visit in visited.visits if visit.is_revisit or visit.url.endswith(hinted)]
    pages = [visit for visit in pages if visit.mime == HTML]
    shown = {}
    for visit in pages:
        page.goto(f"{serving.replay}/?{urlencode({'url': visit.url, 'ts': visit.timestamp})}")
        body = page.frame_locator("replay-web-page iframe").frame_locator("iframe").locator("body")
        sent = re.findall(r"<h1[^>]*>(?:<a>)?(.*?)(?:</a>)?</h1>", visit.content.decode())
        body.locator("h1").nth(len(sent) - 1).wait_for()
        shown[visit.url, visit.timestamp] = body.locator("h1").all_inner_texts() == sent
    assert shown and all(shown.values()), shown


def test_the_viewer_paints_a_page_made_of_revisits(page: Any, visited: Visited, serving: Serving) -> None:
    found = {visit.url: visit for visit in visited.visits}
    album, picture = found["http://other.test/album.html"], found["http://other.test/picture.png"]
    assert album.is_revisit and picture.is_revisit and found["http://other.test/style.css"].is_revisit
    page.goto(f"{serving.replay}/?{urlencode({'url': album.url, 'ts': album.timestamp})}")
    shown = page.frame_locator("replay-web-page iframe").frame_locator("iframe")
    assert shown.locator("img").evaluate(LOADED) == 120
    colour = "(h1) => getComputedStyle(h1).color"
    until(lambda: shown.locator("h1").evaluate(colour) == "rgb(1, 2, 3)")
