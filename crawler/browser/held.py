"""Answers that one run has captured, for the other pages that ask for the same."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from contextlib import AbstractAsyncContextManager, nullcontext

import attrs

from crawler.browser.admission import DATA, STATIC, Asked

_MOST_HELD = 48 * 1024 * 1024
_LARGEST_HELD = 4 * 1024 * 1024
_LONGEST_FRESH = 3600.0


@attrs.frozen(kw_only=True)
class Answer:
    """What is given to the browser; the names of the header fields are in small letters."""

    status: int
    fields: dict[str, str]
    body: bytes


class HeldAnswers:
    """The answers that are given again, the last used last; no more than 48 MB of them.

    Scripts, styles, fonts and pictures are those of the whole run, whatever their age, unless they say `no-store`: a
    page shows what its requests would have met a moment before. Data is given again only while its `Cache-Control`
    calls it fresh (`max-age`; RFC 9111, 4.2).
    """

    def __init__(self) -> None:
        self._turns: dict[str, asyncio.Lock] = {}
        self._held: OrderedDict[str, tuple[Answer, float | None]] = OrderedDict()
        self._size = 0

    def turn(self, asked: Asked) -> AbstractAsyncContextManager[None]:
        """Entered by one request for an address at a time, where its answer may serve the others too."""
        if asked.kind not in STATIC:
            return nullcontext()
        return self._turns.setdefault(asked.url, asyncio.Lock())

    def get(self, asked: Asked) -> Answer | None:
        """The answer to a request; None: there is none, or it is no longer fresh."""
        held = self._held.get(asked.url) if asked.method == "GET" else None
        if held is None:
            return None
        answer, until = held
        if asked.kind in DATA and (until is None or time.monotonic() >= until):
            return None
        self._held.move_to_end(asked.url)
        return answer

    def put(self, asked: Asked, answer: Answer) -> None:
        """Hold an answer, where it may be given again."""
        said = _directives(answer.fields.get("cache-control", ""))
        if asked.method != "GET" or answer.status != 200 or "no-store" in said or len(answer.body) > _LARGEST_HELD:
            return
        seconds = said.get("max-age", "")
        fresh = min(float(seconds), _LONGEST_FRESH) if seconds.isdecimal() and "no-cache" not in said else None
        if asked.kind in DATA and not fresh:
            return
        self._drop(asked.url)
        self._held[asked.url] = answer, time.monotonic() + fresh if fresh else None
        self._size += len(answer.body)
        while self._size > _MOST_HELD:
            self._drop(next(iter(self._held)))

    def _drop(self, url: str) -> None:
        if url in self._held:
            self._size -= len(self._held.pop(url)[0].body)


def _directives(cache_control: str) -> dict[str, str]:
    parts = (part.strip().lower().partition("=") for part in cache_control.split(","))
    return {name: value.strip('"') for name, _, value in parts if name}
