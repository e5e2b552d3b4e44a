"""The reading process: what a page does to it stays with that page."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import subprocess
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from archive.errors import PageUnreadable, ReadingFailure
from archive.processes import module_command, same_modules
from crawler.declaration.layout import Rules
from crawler.reading.connection import Question, ReadingConnection
from crawler.reading.pool import Readers
from spiders.baocantho import BaoCanTho

NOON = datetime(2026, 1, 8, 12, 0, tzinfo=UTC)
PAGE = """<!doctype html><html><head><meta charset="utf-8"><meta name="pubdate" content="2026-01-08T18:21+07:00">
<link rel="stylesheet" href="/a.css"></head><body>
<img src="/masthead.png"><div class="titlecate"><h1><a>THỜI SỰ</a></h1><span class="pubdate">08/01/2026 - 18:21</span>
</div><h1 class="margintopbot10">Bài {number}</h1><div id="newscontents"><div class="content-fck"><p>Bà con góp công đắp
lại con đường ra chợ trước mùa mưa.</p></div></div><a href="/x-a9.html"><img src="/thumb.jpg"></a></body></html>"""
# A selector that takes time exponential in what it is asked of stands for what nobody thought of.
ENDLESS = Rules(newspaper="x", article_pattern=r"(?P<id>(a+)+)b$")


def run(reading: Callable[[Readers], Coroutine[Any, Any, Any]], seconds: float = 600) -> Any:
    async def whole() -> Any:
        readers = Readers(seconds)
        try:
            return await reading(readers)
        finally:
            readers.close()

    return asyncio.run(whole())


def article(readers: Readers, number: int, rules: Rules | None = None, url: str | None = None) -> Any:
    body = PAGE.format(number=number).encode()
    url = url or f"http://baocantho.test/bai-a{number}.html"
    return readers.article_page(body, url, {}, NOON, "Thời sự", rules or BaoCanTho.rules())


def test_one_parse_gives_all_that_is_asked_of_a_page() -> None:
    page = run(lambda readers: article(readers, 7))
    assert page.article is not None and (page.article.title, page.article.article_id) == ("Bài 7", "7")
    assert page.requisites == ["http://baocantho.test/a.css"]
    assert page.boilerplate == ["http://baocantho.test/masthead.png"]

    async def listed(readers: Readers) -> Any:
        return await readers.list_page(PAGE.encode(), "http://baocantho.test/thoi-su/", {}, BaoCanTho.rules())

    assert run(listed).articles == ["http://baocantho.test/x-a9.html"]


def test_pages_of_several_newspapers_are_read_by_their_own_rules() -> None:
    async def reading(readers: Readers) -> list[Any]:
        rules = [BaoCanTho.rules(), Rules(newspaper="papers.test"), BaoCanTho.rules()]
        return list(await asyncio.gather(*(article(readers, number, one) for number, one in enumerate(rules))))

    pages = run(reading)
    assert [page.article and page.article.newspaper for page in pages] == ["baocantho", "papers.test", "baocantho"]


def test_a_page_that_takes_too_long_harms_no_other() -> None:
    async def slow(readers: Readers) -> Any:
        try:
            return await article(readers, 1, ENDLESS, "http://x.test/" + "a" * 60)
        finally:
            readers._seconds = 600  # for the process that reads the others: a busy machine takes its time

    async def reading(readers: Readers) -> list[Any]:
        others = (article(readers, number) for number in (2, 3))
        return await asyncio.gather(slow(readers), *others, return_exceptions=True)

    late, *others = run(reading, seconds=1)
    assert isinstance(late, PageUnreadable)
    assert (late.failure, late.detail, late.tries) == (ReadingFailure.LATE, "1", 2)
    assert [page.article.title for page in others] == ["Bài 2", "Bài 3"]


@pytest.mark.parametrize("half", [b"\0", b"\0\0\1\0half", b"whole"])
def test_a_crawl_that_is_no_more_is_no_error(half: bytes) -> None:
    """Killed, or interrupted twice, it hangs up amid a job or an answer: nothing appears on a terminal."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = module_command("crawler.reading.worker", theirs.fileno())
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=same_modules(), stderr=subprocess.PIPE)
    with ours, process:
        if half == b"whole":
            rules, source = Rules(newspaper="x"), (b"<p>" * 100_000, "http://x.test/", {})
            job = ("read_list_page", 1, source, (1,), (), 0)
            ours.sendall(b"".join(len(one).to_bytes(4, "big") + one for one in map(pickle.dumps, (rules, job, job))))
            assert ours.recv(4, socket.MSG_WAITALL) == bytes(4)
            assert ours.recv(1)  # of the first answer; what is left of it makes the hanging up a reset
        else:
            ours.sendall(half)
        ours.close()
        said = process.communicate(timeout=240)[1]
    assert (process.returncode, said) == (0, b"")


def stop(readers: Readers) -> int:
    """Have the reading process read no further; its number."""
    assert readers._connection is not None and not readers._connection.is_lost
    os.kill(pid := readers._connection._process.pid, signal.SIGSTOP)
    return pid


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """The processes that took the place of others, each stopped before it got its first page, and that page."""
    found: list[tuple[int, str]] = []
    send = ReadingConnection.send

    def stop_and_send(connection: ReadingConnection, job: Question) -> None:
        if has_begun and not connection._last_page:
            os.kill(pid := connection._process.pid, signal.SIGSTOP)
            found.append((pid, job.source.url))
        has_begun.append(True)
        send(connection, job)

    has_begun: list[bool] = []
    monkeypatch.setattr(ReadingConnection, "send", stop_and_send)
    return found


async def until_there(found: list[Any]) -> Any:
    while not found:
        await asyncio.sleep(0.001)
    return found[0]


def test_a_process_that_is_killed_costs_no_page_anything(stopped: list[tuple[int, str]]) -> None:
    """Neither the one that it read nor those behind it, also where one is asked for meanwhile."""

    async def reading(readers: Readers) -> list[Any]:
        await article(readers, 1)
        killed = stop(readers)
        waiting = [asyncio.ensure_future(article(readers, number)) for number in (2, 3, 4)]
        await asyncio.sleep(0)
        os.kill(killed, signal.SIGKILL)
        second, _ = await until_there(stopped)
        waiting.append(asyncio.ensure_future(article(readers, 5)))
        await asyncio.sleep(0)
        os.kill(second, signal.SIGCONT)
        return [*(await asyncio.gather(*waiting))]

    assert [page.article.title for page in run(reading)] == [f"Bài {number}" for number in (2, 3, 4, 5)]


def test_a_page_that_ends_each_process_is_told_from_those_behind_it(stopped: list[tuple[int, str]]) -> None:
    async def reading(readers: Readers) -> list[Any]:
        await article(readers, 1)
        first = stop(readers)
        waiting = [asyncio.ensure_future(article(readers, number)) for number in (2, 3, 4)]
        await asyncio.sleep(0)
        os.kill(first, signal.SIGKILL)
        second, url = await until_there(stopped)
        assert url == "http://baocantho.test/bai-a2.html"
        assert readers._connection is not None
        assert [job.source.url for job in readers._connection._jobs] == [url], "it is read alone"
        os.kill(second, signal.SIGKILL)
        while len(stopped) < 2:
            await asyncio.sleep(0.001)
        os.kill(stopped[1][0], signal.SIGCONT)
        return [*(await asyncio.gather(*waiting, return_exceptions=True))]

    broken, *others = run(reading)
    assert isinstance(broken, PageUnreadable)
    assert (broken.failure, broken.detail, broken.tries) == (ReadingFailure.ENDED, "-9", 2)
    assert [page.article.title for page in others] == ["Bài 3", "Bài 4"]


def test_where_no_process_can_be_begun_no_page_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")

    async def reading(readers: Readers) -> list[Any]:
        return [*(await asyncio.gather(*(article(readers, number) for number in (1, 2)), return_exceptions=True))]

    assert [type(page) for page in run(reading)] == [PageUnreadable, PageUnreadable]


def test_an_error_of_the_reader_is_told_in_a_line_that_a_terminal_can_show() -> None:
    """A pattern that cannot be compiled stands for a fault that nobody thought of."""
    broken = Rules(newspaper="x", article_pattern="(?P<id>\x1b[2J" + "(" * 2000)

    async def reading(readers: Readers) -> list[Any]:
        return [*(await asyncio.gather(article(readers, 1, broken), article(readers, 2), return_exceptions=True))]

    failed, sound = run(reading)
    assert isinstance(failed, PageUnreadable) and (failed.failure, failed.tries) == (ReadingFailure.RAISED, 1)
    assert failed.detail.isprintable() and len(failed.detail) <= 300 and sound.article.title == "Bài 2"


def test_what_waits_when_the_crawl_ends_is_said_to_be_cut_off() -> None:
    async def reading(readers: Readers) -> list[Any]:
        await article(readers, 1)
        stop(readers)
        waiting = [asyncio.ensure_future(article(readers, number)) for number in (2, 3)]
        await asyncio.sleep(0)
        readers.close()
        return [*(await asyncio.gather(*waiting, return_exceptions=True))]

    assert [page.failure for page in run(reading)] == [ReadingFailure.STOPPED] * 2


@pytest.mark.parametrize("body", [b"", b"\x00" * 10, b"<" * 100_000, os.urandom(1000)])
def test_any_bytes_are_no_article(body: bytes) -> None:
    async def reading(readers: Readers) -> Any:
        return await readers.article_page(body, "http://baocantho.test/a-a1.html", {}, NOON, None, BaoCanTho.rules())

    page = run(reading)
    assert page.article is None and set(page.missing) <= {"title", "published_at", "body"} and page.missing
