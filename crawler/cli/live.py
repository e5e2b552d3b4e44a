"""The live view of crawls on a terminal: figures of each newspaper and of each of its hosts."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import attrs
from rich.cells import cell_len, set_cell_size
from rich.live import Live
from rich.text import Text
from scrapy.crawler import Crawler

from archive.cli.terminal import Console
from archive.collection import Collection
from archive.health.due import DueCounts
from archive.ingest.runs import deferred
from crawler.http.traffic import CLASSES, HostTraffic, traffic_of
from crawler.politeness.backoff import Backoff
from crawler.runs.session_extension import Archiving

# Seconds over which the pages a second are counted.
_LATELY = 10.0
# Columns: wider rows are hard to follow.
_WIDEST = 100
_INDENT = "  "
# The columns behind the hosts, with their widths.
_COLUMNS = {"sent": 6, **dict.fromkeys(CLASSES, 4), "failed": 6, "received": 8, "under way": 11} | {"2xx": 6}
_FOR_ALL_COLUMNS = 72
# Of figures above zero.
_STYLES = {
    "new": "green", "changed": "green", "deferred": "yellow", "unreadable": "yellow", "4xx": "yellow",
    "errors": "bold red", "5xx": "bold red", "failed": "bold red",
}  # fmt: skip
_SOURCES_WITH_DUE = ("network", "demonstration")


@attrs.frozen(kw_only=True)
class Glance:
    """The state of a crawl. `due` is None where nothing can be due; `rests` are seconds of backoff by host."""

    title: str
    seconds: float
    pages_a_second: float | None
    ended: str | None
    due: int | None
    waiting: int
    counts: Mapping[str, int]
    hosts: Mapping[str, HostTraffic]
    rests: Mapping[str, float]

    def figures(self) -> Iterator[tuple[str, int | None]]:
        """What stands above the hosts, in order of reading."""
        count = self.counts.get
        yield from (("pages", count("pages", 0)), ("new", count("articles new", 0)))
        yield from (("changed", count("articles changed", 0)), ("unchanged", count("articles duplicate", 0)))
        yield from (("due", self.due), ("waiting", self.waiting), ("not modified", count("not modified", 0)))
        yield from (("pictures", count("pictures", 0)), ("errors", count("errors", 0)))
        yield from (("deferred", sum(deferred(self.counts).values())), ("unreadable", count("rejected", 0)))
        yield "written", count("WARC bytes", 0)


class LiveView:
    """Shows crawls while they run if standard output is a terminal; otherwise it prints nothing.

    To be used as a context manager; the last state stays on the screen.
    """

    def __init__(self, console: Console, collection: Collection) -> None:
        self._console = console
        self._is_shown = console.file.isatty() and not console.is_dumb_terminal
        self._due = DueCounts(collection)
        self._clocks: dict[int, _Clock] = {}
        # what else is written to this terminal, such as the log, goes above the view
        self._live = Live(console=console, auto_refresh=False, redirect_stderr=sys.stderr.isatty())

    def __enter__(self) -> LiveView:
        if self._is_shown:
            self._live.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._is_shown:
            self._live.stop()
            self._console.print()
        self._due.close()

    def show(self, crawlers: Sequence[Crawler]) -> None:
        """Bring the view up to date; to be called from the crawls' own thread, and once when all have ended."""
        if not self._is_shown:
            return
        begun = [one for one in crawlers if one.spider is not None and hasattr(one.spider, "session")]
        names = [one.spider.name for one in begun if one.spider is not None]
        clocks = [self._clocks.setdefault(id(crawler), _Clock()) for crawler in begun]
        if any(_ended(crawler) is None for crawler in begun):
            self._due.ask(names)
        elif begun:
            self._due.read(names)
        glances = [
            _glance(crawler, clock, self._due.counts.get(crawler.spider.name if crawler.spider else ""))
            for crawler, clock in zip(begun, clocks, strict=True)
        ]
        if glances:
            size = self._console.size
            self._live.update(view(glances, size.width, size.height), refresh=True)


class _Clock:
    """The duration of a crawl, and its recent rate of pages."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._pages: deque[tuple[float, int]] = deque()
        self.seconds = 0.0

    def pages_a_second(self, pages: int) -> float | None:
        """The rate, None in the first second."""
        instant = time.monotonic()
        self.seconds = instant - self._began
        self._pages.append((instant, pages))
        while instant - self._pages[0][0] > _LATELY:
            self._pages.popleft()
        since, before = self._pages[0]
        return (pages - before) / (instant - since) if instant - since >= 1 else None


def _glance(crawler: Crawler, clock: _Clock, due: int | None) -> Glance:
    spider, stats, archiving = crawler.spider, crawler.stats, crawler.get_extension(Archiving)
    assert spider is not None and stats is not None and archiving is not None
    counts, ended = archiving.counts(), _ended(crawler)
    rate = clock.pages_a_second(counts.get("pages", 0)) if ended is None else None
    backoff = crawler.get_downloader_middleware(Backoff) if ended is None else None
    return Glance(
        title=getattr(spider, "title", spider.name),
        seconds=clock.seconds,
        pages_a_second=rate,
        ended=ended,
        due=due if archiving.session.run.source in _SOURCES_WITH_DUE else None,
        waiting=stats.get_value("scheduler/enqueued", 0) - stats.get_value("scheduler/dequeued", 0),
        counts=counts,
        hosts=traffic_of(crawler).hosts,
        rests=backoff.resting() if backoff else {},
    )


def _ended(crawler: Crawler) -> str | None:
    reason: Any = crawler.stats.get_value("finish_reason") if crawler.stats else None
    return None if reason is None else "finished" if reason == "finished" else "stopped"


# rendering: fixed columns, so that nothing moves while figures grow


def view(glances: Sequence[Glance], width: int, height: int) -> Text:
    """The crawls one below the other, with fewer hosts where the terminal has not enough lines."""
    width = min(width, _WIDEST)
    room = (height - 1) // len(glances)
    lines: list[Text] = []
    for glance in glances:
        figures = _figures(glance, width)
        left = room - 1 - len(figures)
        is_airy = left >= 5
        lines.append(_head(glance, width))
        lines += figures if left >= 0 else []
        if glance.hosts and left > 1:
            lines += [Text()] * is_airy + _hosts(glance, left - (3 if is_airy else 1), width)
        if is_airy and glance is not glances[-1]:
            lines.append(Text())
    whole = Text("\n", no_wrap=True, overflow="crop").join(lines)
    whole.no_wrap, whole.overflow = True, "crop"
    return whole


def _head(glance: Glance, width: int) -> Text:
    rate = "-" if glance.pages_a_second is None else f"{glance.pages_a_second:.1f}"
    right = f"{glance.ended or f'{rate} pages/s'} · {timedelta(seconds=int(glance.seconds))}"
    title = _cut(glance.title, max(8, width - cell_len(right) - 6))
    line = "─" * (width - cell_len(title) - cell_len(right) - 2)
    return Text.assemble((title, "bold cyan"), " ", (line, "dim"), " ", right)


def _figures(glance: Glance, width: int) -> list[Text]:
    named, width = list(glance.figures()), width - len(_INDENT)
    pairs = next((some for some in (4, 3, 2) if sum(_pair_widths(named, some)) + 2 * some - 2 <= width), 1)
    widths = _pair_widths(named, pairs)
    gap = " " * min(6, (width - sum(widths)) // max(1, pairs - 1))
    return [
        Text.assemble(_INDENT, Text(gap).join(map(_pair, named[begin : begin + pairs], widths)))
        for begin in range(0, len(named), pairs)
    ]


def _pair(named: tuple[str, int | None], width: int) -> Text:
    name, value = named
    if value is None:
        figure = Text("-", "dim")
    elif name == "written":
        figure = Text(octets(value))
    else:
        figure = _count(name, value)
    return Text.assemble((name.ljust(width - len(figure)), "dim"), figure)


def _pair_widths(named: Sequence[tuple[str, int | None]], pairs: int) -> list[int]:
    """How wide the pairs of name and figure are, column by column."""
    names = [[name for name, _ in named[column::pairs]] for column in range(pairs)]
    return [max(map(len, column)) + (10 if "written" in column else 8) for column in names]


def _hosts(glance: Glance, most: int, width: int) -> list[Text]:
    left_out = {"3xx", "received"} if width < _FOR_ALL_COLUMNS else set()
    columns = {heading: wide for heading, wide in _COLUMNS.items() if heading not in left_out}
    room = width - len(_INDENT) - sum(columns.values()) - len(columns)
    headings = "".join(f" {heading:>{wide}}" for heading, wide in columns.items())
    lines = [Text(f"{_INDENT}{'host':{room}}{headings}", "dim")]
    for name, host, rest in _chosen(glance, most):
        cells = {kind: _count(kind, count) for kind, count in host.by_class().items()}
        cells |= {"sent": Text(f"{host.requests:,}"), "failed": _count("failed", host.failed)}
        cells |= {"received": Text(octets(host.received)), "under way": _count("under way", host.under_way)}
        if rest:
            cells["under way"] = Text(f"waits {_span(rest)}", "yellow")
        line = Text(_INDENT + _cut(name, room).ljust(room))
        for heading, wide in columns.items():
            line.append(" " * (1 + wide - len(cells[heading]))).append_text(cells[heading])
        lines.append(line)
    return lines


def _cut(words: str, width: int) -> str:
    return words if cell_len(words) <= width else set_cell_size(words, max(0, width - 1)).rstrip() + "…"


def _chosen(glance: Glance, most: int) -> Iterable[tuple[str, HostTraffic, float]]:
    """The hosts with the most requests, in the order in which they came; the others as one."""
    rows = [(name, host, glance.rests.get(name, 0.0)) for name, host in glance.hosts.items()]
    if len(rows) <= most:
        return rows
    busiest = {row[0] for row in sorted(rows, key=lambda row: row[1].requests, reverse=True)[: most - 1]}
    others = [row for row in rows if row[0] not in busiest]
    together = HostTraffic()
    for _, host, _ in others:
        together.requests += host.requests
        together.under_way += host.under_way
        together.failed += host.failed
        together.received += host.received
        for kind, count in host.answers.items():
            together.answers[kind] = together.answers.get(kind, 0) + count
    rest = max(left for _, _, left in others)
    return [*(row for row in rows if row[0] in busiest), (f"and {len(others)} more hosts", together, rest)]


def _count(name: str, count: int) -> Text:
    return Text(f"{count:,}", _STYLES.get(name, "") if count else "dim")


def _span(seconds: float) -> str:
    for unit, length in (("s", 1), ("m", 60), ("h", 3600)):
        if seconds / length < 99:
            return f"{int(seconds / length) + 1} {unit}"
    return f"{int(seconds / 86400) + 1} d"


def octets(count: int) -> str:
    """Bytes in at most seven characters: `980 B`, `14.2 MB`."""
    value, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 999.95 or unit == "TB":
            break
        value /= 1000
    return f"{count} B" if unit == "B" else f"{value:.1f} {unit}"
