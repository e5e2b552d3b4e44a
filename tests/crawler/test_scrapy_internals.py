"""What is used of Scrapy and Twisted beside their documented API stands in one module, and Scrapy still has it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.core.downloader import Downloader, Slot
from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware, RedirectMiddleware
from scrapy.utils.test import get_crawler

from crawler.scrapy_internals import is_ending

ROOT = Path(__file__).parents[2]
ADAPTER = ROOT / "crawler" / "scrapy_internals.py"
ROOMS = ("archive", "crawler", "pipelines", "spiders")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if path != ADAPTER)
# In Scrapy's reference, with the names that are imported from them.
DOCUMENTED = {
    "scrapy", "scrapy.crawler", "scrapy.exceptions", "scrapy.http", "scrapy.http.request", "scrapy.logformatter",
    "scrapy.settings", "scrapy.spiderloader", "scrapy.spidermiddlewares.httperror", "scrapy.utils.defer",
}  # fmt: skip
# What belongs to Scrapy by the names that variables bear: no private name of theirs is ours.
SCRAPYS = ("crawler", "engine", "downloader", "slot", "scheduler", "scraper", "process", "spider", "failure", "reactor")
# Documented names that begin with an underscore: of named tuples, of lxml's types; an argument that scrapyd gives.
PUBLIC = {"_replace", "_asdict", "_fields", "_Element", "_job"}


def downloader(crawler: Crawler) -> Downloader:
    return Downloader(crawler)


def engine(crawler: Crawler) -> ExecutionEngine:
    return ExecutionEngine(crawler, lambda _: None)


def slot(_crawler: Crawler) -> Slot:
    return Slot(1, 0.0, 0.0)


# The names that the adapter uses, and whose they are: the private ones, and those of a slot, which no reference names.
USED: dict[str, Callable[[Crawler], Any]] = {
    "_engine": lambda crawler: crawler,
    "_build_redirect_request": RedirectMiddleware.from_crawler,
    "_redirect": RedirectMiddleware.from_crawler,
    "_redirect_request_using_get": MetaRefreshMiddleware.from_crawler,
    "_ignore_tags": MetaRefreshMiddleware.from_crawler,
    "_maxdelay": MetaRefreshMiddleware.from_crawler,
    "_max_size": HttpCompressionMiddleware.from_crawler,
    "_slot": engine,
    "_stopping": engine,
    "downloader": engine,
    "_get_slot": downloader,
    "_process_queue": downloader,
    "handlers": downloader,
    "slots": downloader,
    "_handlers": lambda crawler: downloader(crawler).handlers,
    "delay": slot,
    "jitter": slot,
    "concurrency": slot,
    "latercall": slot,
}


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def is_private(name: object) -> bool:
    return isinstance(name, str) and name.startswith("_") and not name.endswith("__") and name != "_"


def own_names(trees: Iterable[ast.Module]) -> set[str]:
    """The private names that are given in modules of ours: functions, classes, variables, attributes of self."""
    found: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                found.add(name)
    return {name for name in found if is_private(name)}


@functools.cache
def all_own_names() -> set[str]:
    """The private names of all our modules."""
    return own_names(ast.parse(path.read_text("utf-8")) for path in MODULES)


def private_names(tree: ast.Module, everywhere: set[str]) -> Iterator[str]:
    """The private names of others that a module uses, each with its line.

    Args:
        everywhere: the private names of all our modules: a class may have them from a base class of another module.
    """
    here = own_names([tree])
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.Attribute(value=of, attr=name) if is_private(name) and name not in PUBLIC:
                whose = ast.unparse(of)
                if whose in ("self", "cls"):
                    is_ours = name in everywhere
                else:
                    is_ours = name in here and whose.rpartition(".")[2].lstrip("_") not in SCRAPYS
                if not is_ours:
                    yield f"{line}: {whose}.{name}"
            case ast.Call(func=ast.Name(id="getattr" | "hasattr" | "setattr"), args=[of, ast.Constant(value=name), *_]):
                if is_private(name) and name not in PUBLIC:
                    yield f"{line}: {ast.unparse(of)}.{name}"
            case ast.ImportFrom(module=module, names=names):
                parts = (module or "").split(".")
                if parts[0] in ("scrapy", "twisted") and any(map(is_private, [*parts, *(one.name for one in names)])):
                    yield f"{line}: {ast.unparse(node)}"
            case ast.Import(names=names):
                for one in names:
                    parts = one.name.split(".")
                    if parts[0] in ("scrapy", "twisted") and any(map(is_private, parts)):
                        yield f"{line}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_adapter_uses_what_is_not_documented(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert {name for name in imported(tree) if name.partition(".")[0] == "scrapy"} <= DOCUMENTED
    assert list(private_names(tree, all_own_names())) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("crawler.engine._slot.close()", "crawler.engine._slot"),
        ("def _slot(): pass\nself._crawler.engine._slot", "self._crawler.engine._slot"),
        ("for handler in made(): handler._pool.close()", "handler._pool"),
        ("class A(RedirectMiddleware):\n def follow(self): self._redirect_by_magic(1)", "self._redirect_by_magic"),
        ("getattr(response, '_body_inferred')", "response._body_inferred"),
        ("from twisted.web._newclient import ResponseFailed", "from twisted.web._newclient import ResponseFailed"),
        ("from twisted.internet.defer import _inlineCallbacks", "_inlineCallbacks"),
        ("import scrapy.core._engine", "scrapy.core._engine"),
    ],
)
def test_a_private_name_is_found_and_named(text: str, found: str) -> None:
    (named,) = private_names(ast.parse(text), all_own_names())
    assert found in named


def test_own_names_are_not_complained_of() -> None:
    text = "class A:\n def _make(self): self._x = 1\n def b(self, other): return other._make(), other._x, self.__dict__"
    assert list(private_names(ast.parse(text), all_own_names() | {"_x", "_make"})) == []


def test_the_list_names_what_the_adapter_uses() -> None:
    tree = ast.parse(ADAPTER.read_text("utf-8"))
    asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert {name for name in asked if is_private(name)} == {name for name in USED if is_private(name)}
    assert set(USED) <= asked
    assert set(imported(tree)) - DOCUMENTED >= {"scrapy.responsetypes"}


def test_a_crawl_whose_engine_only_starts_is_not_ending() -> None:
    """On a busy machine that takes long, and the time in which it is to end would run from then on."""
    crawler = get_crawler(settings_dict={"TELNETCONSOLE_ENABLED": False})
    made: Any = engine(crawler)
    made._slot = SimpleNamespace(closing=None)
    crawler.engine = made
    assert not made.running and not is_ending(crawler)
    made._stopping = True
    assert is_ending(crawler)


@pytest.mark.parametrize("name", USED)
def test_scrapy_has_what_the_adapter_uses(name: str) -> None:
    crawler = get_crawler(settings_dict={"TELNETCONSOLE_ENABLED": False})
    owner = USED[name](crawler)
    assert hasattr(owner, name), f"Scrapy's {type(owner).__name__} has no {name} any more: see {ADAPTER.name}"
