"""The manners of the house that no linter knows: every module says its purpose, every spider stays declarative."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("archive", "crawler", "spiders", "pipelines")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
NAMELESS = {"data", "info", "handler", "manager", "utils", "helpers", "common"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), "a module opens with its purpose"
    assert path.stem not in NAMELESS
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            assert node.name.lower() not in NAMELESS


@pytest.mark.parametrize("path", sorted((ROOT / "spiders").glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_a_newspaper_is_one_short_file_without_parsing(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 60
    assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_every_package_is_shipped() -> None:
    import tomllib

    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    there = {".".join(path.parent.relative_to(ROOT).parts) for path in MODULES if path.name == "__init__.py"}
    assert listed == there | {"baotinh"}


def test_what_is_installed_is_what_is_tested() -> None:
    run, tested = (
        set(re.findall(r"^[a-z0-9._-]+==[^ ;]+", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements-run.lock", "requirements.lock")
    )
    assert run and run <= tested


def test_locks_pin_every_file_and_name_no_index() -> None:
    for name in (
        "requirements.lock",
        "requirements-run.lock",
        "requirements-node.lock",
        "requirements-scrapyd.lock",
        "archive/replay/pywb.txt",
        "tests/archive/export/peers/wacz.txt",
    ):
        text = (ROOT / name).read_text()
        pins = re.findall(r"^([a-z0-9._-]+)==\S+", text, re.MULTILINE)
        assert pins and len(re.findall(r"^[a-z].*\\\n +--hash=sha256:", text, re.MULTILINE)) == len(pins)
        assert "://" not in text and "--index" not in text
    assert (
        "://" not in (ROOT / "package-lock.json").read_text().replace('"funding"', "")
        or '"resolved"' not in (ROOT / "package-lock.json").read_text()
    )
