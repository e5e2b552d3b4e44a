"""The demonstration: crawls of the newsroom, and the comparison of the collection with what it published."""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import typer

from archive.article import CaptureRef, to_dict
from archive.catalog import Catalog
from archive.collection import Collection
from archive.errors import CollectionMissing, NotADemonstration, RecordDamaged
from archive.printable import say
from archive.processes import module_command, same_modules
from archive.warc.reader import read_record
from archive.zones import VIETNAM
from crawler.cli.output import Output, run_and_report
from crawler.newsroom import RunningNewsroom
from crawler.newsroom.edits import KINDS, UNSEEN
from crawler.newsroom.papers import BACLIEU
from crawler.runs.run import Crawl

_PRINTED_UNTIL = 20  # the hour at which the newsroom's papers end their day
_FIELDS = (
    "newspaper", "article_id", "url", "section", "kicker", "title", "lead", "body", "authors", "contributors",
    "source", "byline", "published_at", "modified_at", "tags",
)  # fmt: skip


def refuse_real_newspapers(root: Path) -> None:
    """Refuse a collection of real newspapers for the demonstration.

    Raises:
        NotADemonstration: the collection has crawls of real newspapers.
    """
    try:
        with Collection.open(root).catalog() as catalog:
            if any(run.source != "demonstration" for run in catalog.runs()):
                raise NotADemonstration(root)
    except CollectionMissing:
        return


def last_day(root: Path, instant: datetime) -> date:
    """The day of the demonstration's last articles: the last whole day of the newsroom before the collection's first
    run, so that a later run finds the same articles; before `instant` where there is none."""
    with contextlib.suppress(CollectionMissing), Collection.open(root).catalog() as catalog:
        for first in catalog.runs(limit=1, offset=max(0, catalog.count_runs() - 1)):
            instant = first.started_at
    local = instant.astimezone(VIETNAM)
    return local.date() if local.hour >= _PRINTED_UNTIL else local.date() - timedelta(days=1)


def crawl_newsroom(newsroom: RunningNewsroom, root: Path, edits: int) -> dict[str, Any]:
    """Crawl the newsroom, let it change articles, and crawl these newspapers again; what it published then.

    Raises:
        typer.Exit: a crawl did not come to its end.
    """
    truth = newsroom.truth()
    # A later demonstration crawls what the first one ended with
    changed = _change(newsroom, truth, edits) if _is_begun(root) else None
    outcomes = run_and_report(_crawls(truth, newsroom.port), root, Output.PEOPLE, verbose=False)
    if any(outcome.reason != "finished" for outcome in outcomes):
        raise typer.Exit(1)
    if edits:
        say(f"The newspapers change {edits} articles, most of them silently; crawling these newspapers again ...")
        for name in _change(newsroom, truth, edits) if changed is None else changed:
            _crawl_again(truth, newsroom.port, name, root)
    return newsroom.truth()


def _is_begun(root: Path) -> bool:
    with contextlib.suppress(CollectionMissing), Collection.open(root).catalog() as catalog:
        return catalog.count_runs() > 0
    return False


def _crawls(truth: Mapping[str, Any], port: int) -> list[Crawl]:
    """A crawl for each newspaper of the newsroom."""
    return [
        Crawl(spider=name, arguments={"loopback": f"127.0.0.1:{port}", "section": _sections(truth, name)})
        for name in truth["hosts"]
    ]


def _sections(truth: Mapping[str, Any], newspaper: str) -> list[str]:
    """The sections in which it published."""
    return sorted({one["section"] for one in truth["articles"] if one["newspaper"] == newspaper})


def _change(newsroom: RunningNewsroom, truth: Mapping[str, Any], count: int) -> list[str]:
    """Edit so many articles of the papers that are still printed, each in another way and two of three silently, and
    take the last one down; the names of these papers. The same truth gives the same changes."""
    left = [one for one in truth["articles"] if one["newspaper"] != BACLIEU.key]
    apart, kinds = max(1, len(left) // max(1, count)), [kind for kind in KINDS if kind not in UNSEEN]
    changed: set[str] = set()
    for nth in range(min(count, len(left))):
        for one in left[min(nth * apart, len(left) - 1) :]:
            with contextlib.suppress(ValueError):  # it has nothing that could be edited so
                if nth == count - 1:
                    newsroom.withdraw(one["url"])
                else:
                    newsroom.edit(one["url"], kinds[nth % len(kinds)], is_silent=nth % 3 > 0)
                left.remove(one)
                changed.add(one["newspaper"])
                break
    return sorted(changed)


def _crawl_again(truth: Mapping[str, Any], port: int, newspaper: str, root: Path) -> None:
    """Revisit all articles of a newspaper, in a process of its own: one may crawl once."""
    options = [word for section in _sections(truth, newspaper) for word in ("--section", section)]
    options += ["--loopback", f"127.0.0.1:{port}", "--collection", str(root.absolute()), "--quiet"]
    command = module_command("crawler.cli", "crawl", newspaper, "--recheck", *options)
    if subprocess.run(command, env=same_modules(), check=False).returncode:
        raise typer.Exit(1)


def differences(collection: Collection, truth: Mapping[str, Any]) -> list[str]:
    """The differences between the collection and what the newsroom published, a line each."""
    return list(_compare(collection, truth))


def _compare(collection: Collection, truth: Mapping[str, Any]) -> Iterator[str]:
    expected = {f"{published['newspaper']}:{published['article_id']}": published for published in truth["articles"]}
    with collection.catalog() as catalog:
        held = catalog.article_ids()
        printed = {name for name, published in expected.items() if published["status"] == "published"}
        for name in sorted(printed - held):
            yield f"{name}: not in the collection ({expected[name]['url']})"
        for name in sorted(held - expected.keys()):
            yield f"{name}: in the collection, but the newsroom printed no such article"
        for name in sorted(held & printed):
            yield from _compare_article(collection, catalog, name, expected[name])
        rejected = catalog.rejected_urls()
        unreadable = {published["url"]: published["field"] for published in truth["unreadable"]}
        for url in sorted(unreadable.keys() ^ rejected):
            yield f"{url}: {'not ' if url not in rejected else ''}listed among the pages that gave no article"


def _compare_article(collection: Collection, catalog: Catalog, name: str, expected: Mapping[str, Any]) -> Iterator[str]:
    article = catalog.article(name).article()
    found = to_dict(article)
    for field in _FIELDS:
        if found[field] != expected[field]:
            yield f"{name}: {field} is {found[field]!r}, printed was {expected[field]!r}"
    pictures = [(image.url, image.caption, image.credit, image.position) for image in article.images]
    printed = [
        (published["url"], published["caption"], published["credit"], published["position"])
        for published in expected["images"]
    ]
    if pictures != printed:
        yield f"{name}: images are {pictures!r}, printed were {printed!r}"
        return
    for image, published in zip(article.images, expected["images"], strict=True):
        if image.capture is None:
            yield f"{name}: {image.url} was not captured ({image.capture_missing})"
        elif _sha256(collection, image.capture) != published["sha256"]:
            yield f"{name}: the capture of {image.url} holds another picture"


def _sha256(collection: Collection, capture: CaptureRef) -> str | None:
    if capture.file is None or capture.offset is None:
        return None
    try:
        message = read_record(collection.warc_file(capture.file), capture.offset, capture.length).http
    except RecordDamaged:
        return None
    return hashlib.sha256(message.content()).hexdigest() if message else None
