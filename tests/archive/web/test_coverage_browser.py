"""The coverage chart at many widths of the window: no cell is half covered by the row heads that stay in place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from support.browsing import AXE, NEEDS_BROWSER, OVERHANG, VIEWER, sync_api
from support.covered import NEWS, local, looked_at, publish_all, session
from support.serving import running

from archive.collection import Collection
from archive.search.indexing.index import follow
from archive.web.serve import Serving

LONG = "Khoa học, công nghệ, môi trường và chuyển đổi số của vùng châu thổ"
CROWDED = 110
"""Articles of one section on one day, so that its cell has three digits and a sign."""
SMALL = """() => axe.run(document, {runOnly: {type: "rule", values: ["target-size"]}})
    .then((found) => found.violations.flatMap((one) => one.nodes.map((node) => node.html)))"""
# Cells that the row head covers, but not whole
HALF_COVERED = """() => [...document.querySelectorAll(".days tbody tr")].flatMap((row) => {
    const head = row.querySelector("th").getBoundingClientRect();
    return [...row.querySelectorAll("td")].filter((cell) => {
        const {left, right} = cell.getBoundingClientRect();
        const shown = Math.max(0, right - Math.max(left, head.right));
        return shown > 1 && shown < right - left - 1;
    }).map((cell) => cell.title);
})"""
SCROLLED = """async () => {
    const box = document.querySelector(".days"), first = box.scrollLeft;
    const settled = new Promise((done) => box.addEventListener("scrollend", done, {once: true}));
    box.scrollBy({left: -131, behavior: "smooth"});
    await settled;
    return first - box.scrollLeft;
}"""

pytestmark = NEEDS_BROWSER


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Sections with short and long names, with articles on every day of 70."""
    collection = Collection.create(tmp_path_factory.mktemp("crowded") / "c")
    writing = session(collection)
    days = [local(9) - timedelta(days=number) for number in range(70)]
    published = [(NEWS, at) for at in days] + [(LONG, at) for at in days] + [(None, at) for at in days[::3]]
    published += [(NEWS, days[20] + timedelta(minutes=number)) for number in range(CROWDED)]
    publish_all(writing, [(number, section, at) for number, (section, at) in enumerate(published, 1)])
    writing.close("finished", lambda: (writing.counts, {}))
    looked_at(collection, "baocantho", [(NEWS, days[-1], days[0])])
    follow(collection)
    with running(collection, VIEWER) as serving:
        yield serving


WIDTHS = (320, 347, 390, 413, 600, 640, 641, 760, 911, 1024, 1280, 1437, 1600)


@pytest.mark.parametrize("path", ["/coverage", "/coverage?by=month", "/coverage?from=2026-09-05&to=2026-09-25"])
def test_no_cell_is_half_covered(page: sync_api.Page, crowded: Serving, path: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(crowded.site + path)
        page.evaluate(AXE.read_text("utf-8"))
        assert page.evaluate(HALF_COVERED) == [], width
        assert page.evaluate(SMALL) == [], width
        assert page.evaluate(OVERHANG) <= 0, width


@pytest.mark.parametrize("width", [390, 1024])
def test_a_scrolled_chart_comes_to_rest_with_whole_cells(page: sync_api.Page, crowded: Serving, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(crowded.site + "/coverage")
    assert page.evaluate(SCROLLED) > 100
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate(HALF_COVERED) == [] and page.evaluate(SMALL) == []
