"""What is used of Scrapy beside its documented API stands in one module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADAPTER = ROOT / "crawler" / "scrapy_internals.py"
MODULES = sorted(path for room in ("crawler", "pipelines", "spiders") for path in (ROOT / room).rglob("*.py"))
# In Scrapy's reference, with the names that are imported from them.
DOCUMENTED = {
    "scrapy", "scrapy.crawler", "scrapy.exceptions", "scrapy.http", "scrapy.http.request", "scrapy.logformatter",
    "scrapy.settings", "scrapy.spiderloader", "scrapy.spidermiddlewares.httperror", "scrapy.utils.defer",
}  # fmt: skip
SCRAPYS = ("crawler", "engine", "downloader", "slot", "scheduler", "scraper", "process")


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def private_names(tree: ast.Module) -> Iterator[str]:
    """Names with an underscore that are asked of what Scrapy made."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            asked = ast.unparse(node.value)
            if asked.rpartition(".")[2].lstrip("_") in SCRAPYS:
                yield f"{asked}.{node.attr}"


@pytest.mark.parametrize("path", [path for path in MODULES if path != ADAPTER], ids=lambda path: path.name)
def test_modules_use_scrapys_documented_api(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert {name for name in imported(tree) if name.partition(".")[0] == "scrapy"} <= DOCUMENTED
    assert list(private_names(tree)) == []


def test_the_adapter_is_seen_through() -> None:
    tree = ast.parse(ADAPTER.read_text("utf-8"))
    assert set(imported(tree)) - DOCUMENTED >= {"scrapy.responsetypes"}
    assert "downloader._process_queue" in set(private_names(tree))
