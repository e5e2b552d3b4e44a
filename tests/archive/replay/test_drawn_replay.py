"""A page that scripts drew replays in ReplayWeb.page: its scripts draw the article again, all from the archive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from support import drawn_paper
from support.browsing import LOADED, NEEDS_BROWSER, VIEWER
from support.crawling import baotinh
from support.raw_server import raw_server
from support.serving import running
from support.small_paper import answer

from archive.collection import Collection
from archive.web.serve import Serving

pytestmark = NEEDS_BROWSER


GET = '{ headers: { "X-Requested-With": "XMLHttpRequest" } }'
POSTS = {
    "get": GET,
    "json": """{ method: "POST", headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ tin: path, tu: ["bản tin", "sáng~", 1.5], moc: { tin: null, la: true } }) }""",
    "form": """{ method: "POST", body: new URLSearchParams({ tin: path, muc: "Đời sống & xã hội" }) }""",
    "text": """{ method: "POST", body: "bài " + path }""",
}


@pytest.fixture(scope="module", params=POSTS)
def collection(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Collection:
    folder = tmp_path_factory.mktemp("drawn")
    served = drawn_paper.pages(2)
    served["/app.js"] = answer(drawn_paper.SCRIPT.replace(GET, POSTS[request.param]), kind="text/javascript")
    with raw_server(served) as server:
        done = baotinh(
            "crawl", drawn_paper.declare(folder), "--loopback", f"127.0.0.1:{server.port}", "--collection", folder / "c"
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return Collection.open(folder / "c")


@pytest.fixture(scope="module")
def serving(collection: Collection) -> Iterator[Serving]:
    with running(collection, VIEWER) as found:
        yield found


def test_the_viewer_draws_the_article_from_the_archive(
    page: Any, collection: Collection, serving: Serving, tmp_path: Path
) -> None:
    (path,) = collection.jsonl.iterdir()
    for article in map(json.loads, path.read_text("utf-8").splitlines()):
        true = drawn_paper.truth(int(article["article_id"]) - 1000)
        at = article["captured_at"][:19].translate({ord(sign): None for sign in "-T:"})
        page.goto(f"{serving.replay}/?{urlencode({'url': article['url'], 'ts': at})}")
        body = page.frame_locator("replay-web-page iframe").frame_locator("iframe").locator("body")
        body.locator("h1").first.wait_for()
        assert body.locator("h1").all_inner_texts() == [true["title"]]
        assert body.locator(".than-bai p").all_inner_texts() == true["body"]
        assert body.locator("figure img").evaluate(LOADED) == 320
        page.screenshot(path=tmp_path / f"{article['article_id']}.png")
    shown = (tmp_path / "1000.png").read_bytes()
    assert shown.startswith(b"\x89PNG") and shown != (tmp_path / "1001.png").read_bytes()
