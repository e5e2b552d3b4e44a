"""What can be asked of the newsroom's editors and of its server, on the control host; answers no paper's readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from crawler.newsroom.newsroom import Newsroom

Said = dict[str, Any]


class Control:
    """The commands by method and target. A closed newsroom answers no paper's readers; `requests` counts those that
    came, answered or not, by host.

    GET /truth, GET /requests; POST /clock {"at"}, /publish {"count", "paper", "section"}, /edit {"url"}, /move {"url"},
    /withdraw {"url"}, /silence {"paper", "section"}, /redesign {"paper"}, /close, /open.
    """

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self.is_closed = False
        self.requests: Counter[str] = Counter()
        self._commands: dict[str, Callable[[Said], Said | None]] = {
            "GET /truth": lambda said: newsroom.truth(),
            "GET /requests": lambda said: dict(self.requests),
            "POST /clock": lambda said: newsroom.set_clock(datetime.fromisoformat(said["at"])),
            "POST /publish": self._publish,
            "POST /edit": lambda said: newsroom.edit(said["url"]),
            "POST /move": lambda said: {"url": newsroom.move(said["url"])},
            "POST /withdraw": lambda said: newsroom.withdraw(said["url"]),
            "POST /silence": lambda said: newsroom.silence(said["paper"], said["section"]),
            "POST /redesign": lambda said: newsroom.redesign(said["paper"]),
            "POST /close": lambda said: self._close(True),
            "POST /open": lambda said: self._close(False),
        }

    def do(self, command: str, said: Said) -> Said:
        """Do it, and say what came of it.

        Raises:
            KeyError: there is no such command, or it lacks a word, or no article has the address.
            ValueError, TypeError: it cannot be done so.
        """
        return self._commands[command](said) or {}

    def _publish(self, said: Said) -> Said:
        return {"urls": self.newsroom.publish(int(said.get("count", 1)), said.get("paper"), said.get("section"))}

    def _close(self, is_closed: bool) -> None:
        self.is_closed = is_closed
