"""The notebook of the documents runs from its first cell to its last, and draws what the collection holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.crawling import Demonstration

import archive
from archive.count.tiles import TILES
from crawler.declaration.provinces import PROVINCES

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return found


@pytest.fixture
def drawn(demonstration: Demonstration, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The names that the notebook's cells define, run in order in one namespace on the demonstration."""
    monkeypatch.setenv("BAOTINH_COLLECTION", str(demonstration.collection.root))
    monkeypatch.setenv("MPLBACKEND", "Agg")
    import matplotlib.pyplot as plt

    names: dict[str, Any] = {}
    for number, cell in enumerate(cells()):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
    yield names
    plt.close("all")


def test_it_draws_coverage_frequency_and_a_map(drawn: dict[str, Any], demonstration: Demonstration) -> None:
    opened = archive.open(demonstration.collection.root)
    papers = {name for name in opened.newspapers()["newspaper"].to_pylist() if opened.articles(newspaper=name).num_rows}
    assert {ax.get_title() for ax in drawn["coverage"].axes} == papers
    assert all(ax.images[0].get_array().sum() > 0 for ax in drawn["coverage"].axes)

    for term, ax in zip(drawn["TERMS"], drawn["frequency"].axes, strict=True):
        rows = opened.counts(term, by_newspaper=True).to_pylist()
        lines = {line.get_label(): list(line.get_ydata()) for line in ax.lines}
        assert lines == {
            paper: [row["per_million"] for row in rows if row["newspaper"] == paper] for paper in sorted(papers)
        }
        assert term in ax.get_title()

    (ax,) = drawn["tiles"].axes
    assert len(ax.patches) == 34
    labels = [text.get_text() for text in ax.texts]
    assert sum("\n" in label and label.rpartition("\n")[2].replace(",", "").isdigit() for label in labels) == 3
    assert drawn["found"].num_rows and len(drawn["near"])


def test_the_notebook_is_kept_without_results() -> None:
    for cell in cells():
        assert cell["cell_type"] == "markdown" or (cell["outputs"] == [] and cell["execution_count"] is None)


def test_every_province_of_today_has_a_tile_of_its_own() -> None:
    assert TILES.keys() == PROVINCES.keys() and len(TILES) == 34
    assert len(set(TILES.values())) == 34
