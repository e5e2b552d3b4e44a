"""Imports all that commands import, except the reactor, which each process installs for itself; begins nothing."""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rich.progress
import rich.table  # noqa: F401
import scrapy.utils.versions
import tldextract  # noqa: F401
import trafilatura  # noqa: F401
import typer.main
from scrapy.utils.misc import load_object

import archive
import crawler
import crawler.cli.commands
import crawler.cli.live
import crawler.cli.output
import crawler.cli.summary
import crawler.newsroom.__main__
import crawler.runs.session_extension
import crawler.runs.undeclared
from archive.article.lines import _converter
from archive.projections.schema import _validator
from crawler.runs.run import newspapers, project_settings


def _named(value: Any) -> Iterator[str]:
    """The dotted names that a setting holds."""
    if isinstance(value, str) and value.count(".") and not value.startswith("twisted"):
        yield value
    elif hasattr(value, "items"):
        for key, part in value.items():
            yield from _named(key)
            yield from _named(part)


# Modules that begin something, such as a thread, which a fork would lose; or load what few commands need
BEGINNING = ("__main__", ".notebook", ".cluster", ".arrow_rows")

newspapers()
for setting in project_settings().values():
    for name in _named(setting):
        with contextlib.suppress(Exception):
            load_object(name)
for name in (
    "scrapy.core.downloader",
    "scrapy.core.scraper",
    "scrapy.core.spidermw",
    "scrapy.squeues",
    "typer._adapters",
    "pydantic.fields",
    "encodings.idna",
):
    importlib.import_module(name)
for room in (archive, crawler):
    for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        if not found.name.endswith(BEGINNING):
            importlib.import_module(found.name)
assert len(list(Path("/proc/self/task").iterdir())) == 1
# What a process computes of the installed code alone, and computes once.
for module in (crawler.runs.session_extension, scrapy.utils.versions):
    module.version = functools.cache(module.version)  # type: ignore[attr-defined]
crawler.runs.session_extension.software()
scrapy.utils.versions.get_versions()
_converter()
_validator()
typer.main.get_command = functools.cache(typer.main.get_command)
typer.main.get_command(crawler.cli.commands.app)
assert "twisted.internet.reactor" not in sys.modules
gc.collect()
gc.freeze()  # what is loaded stays in the memory that the processes share
