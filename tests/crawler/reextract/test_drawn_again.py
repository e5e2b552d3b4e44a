"""Reading archived pages again that scripts drew."""

from __future__ import annotations

import shutil
from pathlib import Path

from support import drawn_paper
from support.browsing import NEEDS_CHROMIUM
from support.crawling import baotinh
from support.raw_server import raw_server

from archive.collection import Collection

pytestmark = NEEDS_CHROMIUM


def test_a_page_that_scripts_drew_is_read_as_it_was_drawn(tmp_path: Path) -> None:
    with raw_server(drawn_paper.pages()) as served:
        declared = drawn_paper.declare(tmp_path)
        done = baotinh(
            "crawl", declared, "--loopback", f"127.0.0.1:{served.port}", "--collection", tmp_path / "c",
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "own").mkdir()
    shutil.copy(declared, tmp_path / "own")
    with Collection.open(tmp_path / "c").catalog() as catalog:
        assert any(one.values()["dom_capture"] for one in catalog.versions_after(0))
    done = baotinh("reextract", "--collection", tmp_path / "c", BAOTINH_NEWSPAPERS=str(tmp_path / "own"))
    assert "Nothing would change: 3 pages read again, 3 as released." in done.stdout, done.stdout + done.stderr
