"""Exports in ReplayWeb.page, in a real browser: pages with their pictures and styles, and the signature."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from support.browsing import LOADED, NEEDS_BROWSER
from support.crawling import Demonstration
from support.daemons import until
from support.exported import OpenedWacz, exported, saved
from support.wacz_peers import viewer_over

from archive.clock import parse_warc_date, timestamp14
from archive.export.captures.signing import Signer

pytestmark = NEEDS_BROWSER


@pytest.fixture(scope="module")
def octets(demonstration: Demonstration, signer: Signer) -> bytes:
    return exported(demonstration.collection, newspaper="baocantho", rotate_bytes=400_000, signer=signer)[0]


@pytest.fixture(scope="module")
def viewer(octets: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with viewer_over(saved(tmp_path_factory.mktemp("viewer"), octets)) as address:
        yield address


def shown(page: Any, viewer: str, one: dict[str, Any]) -> Any:
    at = timestamp14(parse_warc_date(one["ts"]))
    page.goto(f"{viewer}?{urlencode({'url': one['url'], 'ts': at})}")
    inner = page.frame_locator("replay-web-page iframe").frame_locator("iframe")
    inner.locator("h1").first.wait_for()
    return inner


def test_it_shows_the_pages_with_their_pictures_and_styles(
    page: Any, octets: bytes, viewer: str, demonstration: Demonstration
) -> None:
    with demonstration.collection.catalog() as catalog:
        versions = catalog.latest_versions(0, catalog.last_seq(), 1000)
    pictured = {one.article().url for one in versions if any(image.capture for image in one.article().images)}
    widths = []
    for one in [one for one in OpenedWacz(octets).pages if one["url"] in pictured][:3]:
        inner = shown(page, viewer, one)
        body = inner.locator("body")
        until(lambda one=one, body=body: one["title"] in " ".join(body.inner_text().split()))
        widths.append(inner.locator("h1 ~ * img").first.evaluate(LOADED))
        until(lambda body=body: body.evaluate("() => document.styleSheets.length"))
    assert widths and all(widths)


# What the viewer noted when it opened the file: an id, what was to be, and whether it was so
NOTED = """async () => {
  const settled = (asked) => new Promise((done, failed) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const noted = [];
  for (const { name } of await indexedDB.databases()) {
    const opened = await settled(indexedDB.open(name));
    if (opened.objectStoreNames.contains("verification")) {
      noted.push(...await settled(opened.transaction("verification").objectStore("verification").getAll()));
    }
    opened.close();
  }
  return Object.fromEntries(noted.map(({ id, expected, matched }) => [id, { expected, matched }]));
}"""


def test_it_finds_the_signature_right(page: Any, octets: bytes, viewer: str, signer: Signer) -> None:
    shown(page, viewer, OpenedWacz(octets).pages[0])
    frame = next(one for one in page.frames if "/replay/" in one.url)
    noted = until(lambda: (found := frame.evaluate(NOTED)).get("signature") and found)  # once the page is shown
    assert noted["signature"] == {"expected": True, "matched": True}
    assert noted["publicKey"]["expected"] == signer.public_key
    assert noted["created"]["expected"] == OpenedWacz(octets).manifest["created"]
