"""The browser of one crawl: begun with the first page that needs it, and anew after it ended or showed many pages."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.browser.outcome import BrowserBounds
from crawler.browser.processes import end, memory_of, tree_of

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright

# Nothing that the browser sends by itself leaves it: no name is resolved, not even one that is a number, and what a
# proxy would have to carry has none. WebRTC would go past the proxy.
_NO_NETWORK = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://nowhere.invalid:1",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--dns-prefetch-disable",
    "--no-pings",
)
_QUIET = (
    "--block-new-web-contents",
    "--disable-gpu",
    "--disable-sync",
    "--disable-notifications",
    "--deny-permission-prompts",
    "--mute-audio",
    "--no-first-run",
    "--js-flags=--max-old-space-size=512",
)
_WATCHED_EVERY = 0.25  # seconds
_LONGEST_END = 5.0


class Browsing:
    """One browser with its own Playwright, and the pages that are open in it."""

    def __init__(
        self,
        playwright: Playwright,
        browser: Browser,
        process: int,
        bounds: BrowserBounds,
        folder: tempfile.TemporaryDirectory[str],
    ) -> None:
        self.browser, self.process, self.bounds = browser, process, bounds
        self.open = self.shown = 0
        self.was_too_large = False
        self._playwright, self._folder = playwright, folder
        self._watch = asyncio.ensure_future(self._watch_memory())

    @classmethod
    async def begin(cls, path: Path, bounds: BrowserBounds, *, is_sandboxed: bool) -> Browsing:
        """Begin a browser.

        Raises:
            Exception: as Playwright does, where it cannot be begun.
        """
        from playwright.async_api import async_playwright

        # else it writes into the user's configuration, which is another browser's
        folder = tempfile.TemporaryDirectory(prefix="baotinh-browser-", ignore_cleanup_errors=True)
        places = {"XDG_CONFIG_HOME": folder.name, "XDG_CACHE_HOME": folder.name}
        playwright = await async_playwright().start()
        try:
            browser = await playwright.chromium.launch(
                executable_path=path, args=[*_NO_NETWORK, *_QUIET], chromium_sandbox=is_sandboxed,
                env={**os.environ, **places}, handle_sigint=False, handle_sigterm=False, handle_sighup=False,
            )  # fmt: skip
            devtools = await browser.new_browser_cdp_session()
            found = (await devtools.send("SystemInfo.getProcessInfo"))["processInfo"]
        except BaseException:
            await playwright.stop()
            folder.cleanup()
            raise
        process = next(int(one["id"]) for one in found if one["type"] == "browser")
        return cls(playwright, browser, process, bounds, folder)

    @property
    def is_usable(self) -> bool:
        """Whether further pages may be opened in it."""
        return self.browser.is_connected() and self.shown < self.bounds.pages

    async def _watch_memory(self) -> None:
        """End the process that holds most, as often as all hold too much together: it costs the page that it shows."""
        while True:
            await asyncio.sleep(_WATCHED_EVERY)
            held = {one: memory_of(one) for one in tree_of(self.process)}
            if sum(held.values()) > self.bounds.memory:
                self.was_too_large = True
                end([max(held, key=lambda one: held[one])])

    async def end(self) -> None:
        """End it, with all its processes."""
        self._watch.cancel()
        processes = tree_of(self.process) if self.browser.is_connected() else []
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self.browser.close(), _LONGEST_END)
        end(processes if self.browser.is_connected() else [])
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._playwright.stop(), _LONGEST_END)
        self._folder.cleanup()


class Chromium:
    """Opens pages, each in a context of its own: without the cookies and the storage of another.

    Args:
        path: of the system's Chromium.
    """

    def __init__(self, path: Path, bounds: BrowserBounds) -> None:
        self.bounds, self._path = bounds, path
        self._places = asyncio.Semaphore(bounds.at_once)
        self._beginning = asyncio.Lock()
        self._browsing: Browsing | None = None
        self.begun = 0

    @asynccontextmanager
    async def context(self) -> AsyncIterator[tuple[Browsing, BrowserContext]]:
        """A context for one page, closed behind it; waits while too many are open.

        Raises:
            Exception: as Playwright does, where the browser cannot be begun or ends.
        """
        async with self._places:
            browsing = await self._usable()
            browsing.open += 1
            browsing.shown += 1
            try:
                context = await self._opened(browsing)
                try:
                    yield browsing, context
                finally:
                    await self._close(browsing, context)
            finally:
                browsing.open -= 1
                if browsing is not self._browsing and not browsing.open:
                    await browsing.end()

    async def _opened(self, browsing: Browsing) -> BrowserContext:
        return await asyncio.wait_for(
            browsing.browser.new_context(
                service_workers="block", accept_downloads=False, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh",
                viewport={"width": 1280, "height": 1000}, reduced_motion="reduce",
            ),
            self.bounds.seconds,
        )  # fmt: skip

    async def _close(self, browsing: Browsing, context: BrowserContext) -> None:
        """Close a context; where its page does not let it be closed, the browser ends."""
        try:
            await asyncio.wait_for(context.close(), _LONGEST_END)
        except Exception:
            if browsing.browser.is_connected():
                end(tree_of(browsing.process))

    async def _usable(self) -> Browsing:
        async with self._beginning:
            before = self._browsing
            if before is not None and before.is_usable:
                return before
            self._browsing = None
            if before is not None and not before.open:
                await before.end()
            # root has no user namespaces to take rights away in
            self._browsing = await Browsing.begin(self._path, self.bounds, is_sandboxed=os.geteuid() != 0)
            self.begun += 1
            return self._browsing

    async def close(self) -> None:
        """End the browser."""
        if self._browsing is not None:
            browsing, self._browsing = self._browsing, None
            await browsing.end()
