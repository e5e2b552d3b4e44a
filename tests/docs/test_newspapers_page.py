"""The document of the declared newspapers and its map are those that the declarations give."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

from crawler.declaration.provinces import PROVINCES
from crawler.runs.run import newspapers

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_and_the_map_are_of_today() -> None:
    made = runpy.run_path(str(DOCS / "newspapers.py"))
    declared = list(newspapers().values())
    page, drawn = made["page"](declared), made["provinces_map"](declared)
    assert (DOCS / "newspapers.md").read_text(encoding="utf-8") == page, "make docs/newspapers.md"
    assert (DOCS / "images" / "provinces.svg").read_text(encoding="utf-8") == drawn, "make docs/newspapers.md"
    assert set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE)) == {one.name for one in declared}
    assert len(re.findall("<g><title>", drawn)) == len(PROVINCES)


def test_the_readme_says_how_many_there_are() -> None:
    declared = newspapers().values()
    text = " ".join((DOCS.parent / "README.md").read_text(encoding="utf-8").split())
    assert f"[{len(declared)} newspapers and editions](docs/newspapers.md)" in text
    by_rules = sum(bool(one.layouts) and not one.verified for one in declared)
    assert f"{by_rules} have rules that no page has confirmed" in text
    assert sum(one.verified is not None for one in declared) == 8 and "eight were verified" in text
