"""The documents' site is made without a warning, and holds all documents and the reference made from the code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crawler.runs import settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, made as `make docs` makes it."""
    made = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-E", "-b", "html", "docs", str(made)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def test_every_document_is_a_page_of_it_and_stands_in_its_contents(site: Path) -> None:
    first = (site / "index.html").read_text("utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert (site / f"{page.stem}.html").exists()
        assert page.stem == "index" or f'href="{page.stem}.html"' in first
    for caption in ("Tutorial", "How to", "Reference", "Explanation"):
        assert f">{caption}</span>" in first


def test_the_reference_holds_every_setting_field_command_and_error(site: Path) -> None:
    pages = {name: (site / f"reference/{name}.html").read_text("utf-8") for name in ("commands", "fields", "errors")}
    assert "baotinh jobs systemd" in pages["commands"] and "--from-archive" in pages["commands"]
    assert "published_at" in pages["fields"] and "CollectionMissing" in pages["errors"]
    listed = (site / "reference/settings.html").read_text("utf-8")
    assert all(name in listed for name in vars(settings) if name.isupper())
