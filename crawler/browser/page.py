"""One page in the browser: shown, waited for until its scripts have drawn it, made to load more, and read out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from crawler.browser.answers import Answers
from crawler.browser.chromium import Browsing, Chromium
from crawler.browser.outcome import DrawingFailure, NotDrawn

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Page

T = TypeVar("T")
# Seconds without a request and without a change, after which a page counts as drawn; and those after which one that
# changes all the time, such as by a clock, is taken as it is.
_QUIET, _LONGEST_CHANGING = 0.75, 5.0
_LOOKED_EVERY = 0.1
_LONGEST_SAID = 200

# All of these run in a world of their own, in which the page's scripts cannot replace what they call.
_STATE = """((most) => { const e = document.documentElement; if (!e) return "0"; const t = e.outerHTML; let h = 0;
  if (t.length > most) return null;
  for (let i = 0; i < t.length; i++) h = (h * 31 + t.charCodeAt(i)) | 0;
  return document.readyState + t.length + ":" + h })"""
_DOM = """(() => { const d = document.doctype;
  return (d ? new XMLSerializer().serializeToString(d) + "\\n" : "") + document.documentElement.outerHTML })()"""
# A page that fits into the window is scrolled by nobody: what waits for it is told.
_SCROLL = """(() => { window.scrollTo(0, 0); window.scrollTo(0, document.documentElement.scrollHeight);
  document.dispatchEvent(new Event("scroll", { bubbles: true })) })()"""
# A button by its words, or the element that is declared; a link that leads to another page is none.
_CLICK = """((selector) => {
  const words = /^(?:xem|tải|hiển thị|đọc)\\s+(?:thêm|tiếp)|^load more|^show more/i;
  const stays = (e) => e.tagName !== "A" || /^(?:#|javascript:|$)/i.test(e.getAttribute("href") || "");
  const shown = (e) => e.getClientRects().length > 0 && !e.disabled;
  let found = [];
  if (selector) { try { found = [...document.querySelectorAll(selector)] } catch { return false } }
  else found = [...document.querySelectorAll("button, [role=button], a, .btn, [class*=more]")]
    .filter((e) => stays(e) && e.textContent.length < 60 && words.test(e.textContent.trim().normalize("NFC")));
  const last = found.filter(shown).pop();
  if (last) last.click();
  return Boolean(last) })"""


class DrawnPage:
    """A page that is open in the browser.

    Args:
        url: the page's address, of its captured response.
    """

    def __init__(self, url: str, page: Page, browsing: Browsing, answers: Answers) -> None:
        self._url, self._page, self._browsing, self._answers = url, page, browsing, answers
        self._bounds = browsing.bounds
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._own_seconds = 0.0
        self._devtools: CDPSession | None = None
        page.on("crash", lambda _: self._fail(DrawingFailure.CRASHED))
        browsing.browser.on("disconnected", lambda _: self._fail(DrawingFailure.ENDED))
        self._watch = asyncio.ensure_future(self._watch_time())

    async def show(self) -> None:
        """Show the page, and wait until its scripts have drawn it.

        Raises:
            NotDrawn: they did not.
        """
        await self._within(self._page.goto(self._url, wait_until="commit", timeout=0))
        await self._settle()

    async def more(self, button: str | None) -> bool:
        """Scroll to the page's end, and where that changes nothing click what loads more; whether the page changed.

        Args:
            button: a CSS selector; None: what loads more is known by its words.

        Raises:
            NotDrawn: the page failed.
        """
        self._own_seconds = 0.0
        self._answers.renew()
        before = await self._state()
        await self._evaluate(_SCROLL)
        if await self._settle() != before:
            return True
        is_clicked = bool(await self._evaluate(f"{_CLICK}({json.dumps(button)})"))
        return is_clicked and await self._settle() != before

    async def dom(self) -> bytes:
        """The page as it is now: its document serialised, in UTF-8.

        Raises:
            NotDrawn: it is too long, or the page failed.
        """
        await self._state()
        return str(await self._evaluate(_DOM)).encode("utf-8", "replace")

    async def screenshot(self) -> bytes:
        """A picture of what the window shows, PNG.

        Raises:
            NotDrawn: the page failed.
        """
        return await self._within(self._page.screenshot(type="png", timeout=0))

    async def _settle(self) -> str:
        """Wait until the page is quiet, or has changed for long enough; its state then."""
        state, since, began = "", time.monotonic(), self._own_seconds
        while True:
            await self._within(asyncio.sleep(_LOOKED_EVERY))
            if self._answers.in_flight:
                since = time.monotonic()
                continue
            found, instant = await self._state(), time.monotonic()
            if found != state or self._answers.in_flight or not found.startswith("complete"):
                state, since = found, instant
            if instant - since >= _QUIET or self._own_seconds - began >= _LONGEST_CHANGING:
                return state

    async def _state(self) -> str:
        """A short text that changes with the page; it begins with "complete" once the page has loaded."""
        found = await self._evaluate(f"{_STATE}({self._bounds.letters})")
        if found is None:
            raise NotDrawn(self._url, DrawingFailure.TOO_LONG, self._bounds.letters)
        return str(found)

    async def _evaluate(self, expression: str) -> Any:
        return await self._within(self._in_own_world(expression))

    async def _in_own_world(self, expression: str) -> Any:
        if self._devtools is None:
            self._devtools = await self._page.context.new_cdp_session(self._page)
        tree = await self._devtools.send("Page.getFrameTree")
        world = await self._devtools.send(
            "Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "baotinh"}
        )
        said = await self._devtools.send(
            "Runtime.evaluate",
            {"expression": expression, "contextId": world["executionContextId"], "returnByValue": True},
        )
        return said["result"].get("value")

    # failures

    async def _within(self, doing: Awaitable[T]) -> T:
        """Do something with the page.

        Raises:
            NotDrawn: the page failed meanwhile.
        """
        task = asyncio.ensure_future(doing)
        await asyncio.wait((task, self._failed), return_when=asyncio.FIRST_COMPLETED)
        if self._failed.done():
            task.cancel()
            await asyncio.wait((task,), timeout=1)
            self._failed.result()
        try:
            return task.result()
        except NotDrawn:
            raise
        except Exception as error:
            # the event that says why comes after the error of what was being done
            await asyncio.wait((self._failed,), timeout=0.5)
            if self._failed.done():
                self._failed.result()
            raise NotDrawn(self._url, DrawingFailure.FAILED, first_line(error)) from error

    async def _watch_time(self) -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(_LOOKED_EVERY)
            instant = time.monotonic()
            if not self._answers.in_flight:
                self._own_seconds += instant - last
            last = instant
            if self._own_seconds > self._bounds.seconds:
                self._fail(DrawingFailure.LATE)

    def _fail(self, failure: DrawingFailure) -> None:
        if self._failed.done():
            return
        details = {DrawingFailure.LATE: f"{self._bounds.seconds:g}"}
        if self._browsing.was_too_large and failure is not DrawingFailure.LATE:
            self._browsing.was_too_large = False
            failure, details = DrawingFailure.MEMORY, {DrawingFailure.MEMORY: str(self._bounds.memory // 1024**2)}
        self._failed.set_exception(NotDrawn(self._url, failure, details.get(failure, "")))
        self._failed.exception()  # it may fail when nothing is done with it

    def close(self) -> None:
        """End the watch over its time."""
        self._watch.cancel()


@asynccontextmanager
async def drawn_page(chromium: Chromium, url: str, answers: Answers) -> AsyncIterator[DrawnPage]:
    """A page with an address, shown and drawn, whose requests are answered by `answers`; closed behind it.

    Raises:
        NotDrawn: it was not.
    """
    async with contextlib.AsyncExitStack() as stack:
        try:
            browsing, context = await stack.enter_async_context(chromium.context())
            page = await _opened(context, answers)
        except Exception as error:  # the browser does not begin, or ended just now
            raise NotDrawn(url, DrawingFailure.FAILED, first_line(error)) from error
        drawn = DrawnPage(url, page, browsing, answers)
        stack.callback(drawn.close)
        await drawn.show()
        yield drawn


async def _opened(context: BrowserContext, answers: Answers) -> Page:
    await context.route("**/*", answers.answer)
    page = await context.new_page()
    context.on("page", lambda other: asyncio.ensure_future(_close(other)) if other is not page else None)
    return page


async def _close(page: Page) -> None:
    with contextlib.suppress(Exception):
        await page.close()


def first_line(error: BaseException) -> str:
    """The first line of an error's message."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:_LONGEST_SAID]
