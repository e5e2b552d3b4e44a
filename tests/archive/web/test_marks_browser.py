"""Marks stacked on letters are painted over no other line, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.browsing import NEEDS_BROWSER, VIEWER, sync_api
from support.collection_builder import CollectionBuilder, make_article, png
from support.serving import running

from archive.article import Block, Image
from archive.collection import Collection
from archive.search.indexing.index import follow

pytestmark = NEEDS_BROWSER

ABOVE, BELOW = "\u0301\u0302\u030c\u0306" * 40, "\u0323\u0331\u032d\u0330" * 40
ROWS = (".hits li >> nth=0", ".hits li >> nth=1 >> .snippet", ".hits li >> nth=2")
# pictures are loaded when they come into view
PICTURES_SHOWN = """Promise.all([...document.images].map(
    image => { image.loading = 'eager'; return image.decode().catch(() => 0) }))"""
TILES = (".tile >> nth=0", ".tile >> nth=2")


def build(root: Path, stack: str) -> Collection:
    """Three articles with pictures; in title, writer and caption of the second a letter bears a stack of marks."""
    builder = CollectionBuilder(root)
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    picture = builder.capture("https://baocantho.com.vn/a.png", png(60, 40, (90, 90, 90)), mime="image/png")
    for number in (1, 2, 3):
        marked = stack if number == 2 else ""
        image = Image(url="https://baocantho.com.vn/a.png", caption=f"Bến đo{marked} chiều", capture=picture)
        builder.release(
            make_article(
                number, title=f"Chuyến đo{marked} cuối năm", authors=(f"Lê Vo{marked} Đò",), lead=None, images=(image,),
                body=(Block(type="paragraph", text="Nước lên, bến vắng khách."),), capture=ref,
            )
        )  # fmt: skip
    follow(builder.collection)
    return builder.collection


def pictured(page: sync_api.Page, collection: Collection) -> dict[str, bytes]:
    """What the rows around the marked letters look like."""
    with running(collection, VIEWER) as serving:
        found = {}
        for path, rows in (("/search?order=newest", ROWS), ("/pictures?order=newest", TILES)):
            page.goto(serving.site + path)
            page.evaluate("document.fonts.ready")
            page.evaluate(PICTURES_SHOWN)
            for row in rows:
                found[row] = page.locator(row).screenshot()
        return found


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> list[Collection]:
    """One without stacks, and one for each kind of stack."""
    folder = tmp_path_factory.mktemp("stacked")
    return [build(folder / str(nth), stack) for nth, stack in enumerate(("", ABOVE, BELOW, ABOVE + BELOW))]


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
def test_stacked_marks_reach_no_other_row(page: sync_api.Page, collections: list[Collection]) -> None:
    plain, *others = (pictured(page, collection) for collection in collections)
    for marked in others:
        assert [row for row in plain if plain[row] != marked[row]] == []
