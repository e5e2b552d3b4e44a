"""A real browser: where it is, what it is started with, and what axe-core finds on a page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crawler.browser.installed import chromium_path

sync_api = pytest.importorskip("playwright.sync_api")

CHROMIUM = chromium_path("")
VIEWER = Path(__file__).parents[2] / "node_modules" / "replaywebpage"
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

TIMEOUT = 120_000
"""Milliseconds that a browser may take for anything."""
# Width of a picture once it is there, however lazily it is loaded
LOADED = "async (image) => { image.loading = 'eager'; await image.decode(); return image.naturalWidth; }"
# How much wider the page is than the window
OVERHANG = "document.documentElement.scrollWidth - window.innerWidth"

# Where a browser is required, as in continuous integration, its absence is a failure
MAY_SKIP = os.environ.get("TEST_PARTS") != "required"
AXE = VIEWER.parent / "axe-core" / "axe.min.js"
# All that axe-core judges without knowing what a page is for
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Only what is wrong is asked for: all that is right takes twice as long to be told
JUDGE = """(tags) => axe
    .run(document, {runOnly: {type: 'tag', values: tags}, iframes: false, resultTypes: ['violations']})
    .then((found) => found.violations)"""
HAS_VIEWER = (VIEWER / "ui.js").is_file()
NEEDS_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and MAY_SKIP, reason="no Chromium here: install the system's chromium"),
]
NEEDS_BROWSER = [
    *NEEDS_CHROMIUM,
    pytest.mark.skipif(not HAS_VIEWER and MAY_SKIP, reason="the viewer is not installed: run 'make viewer'"),
]


def barriers(page: sync_api.Page) -> list[str]:
    """What axe-core finds on a page that keeps people from using it: the rule and the element."""
    page.evaluate(AXE.read_text("utf-8"))
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
        for one in page.evaluate(JUDGE, RULES)
        for node in one["nodes"]
    ]
