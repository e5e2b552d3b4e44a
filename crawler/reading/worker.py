"""The process that reads pages for a crawl: questions come in on one socket, answers go back on it.

When it is ready it sends four zeros. A message is four bytes of length, big end first, and a pickle. A question is
(function's name, page's number, the page's body, address and headers or None where it is still open, numbers of pages
to close behind this question, further arguments, number of the rules or None); an answer is (what the function gave, or
None; what it raised, or None). Rules come once, ahead of the first question that needs them.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import socket
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

from archive.processes import leave_modules_out_of_collection
from crawler.declaration.layout import Rules
from crawler.extract.links import css_requisites, outlinks, refresh_of
from crawler.extract.page import Page, open_page
from crawler.extract.results import read_article_page, read_list_page
from crawler.survey.feeds import read_addresses
from crawler.survey.page import survey_page

_Question: TypeAlias = tuple[
    str, int, tuple[bytes, str, dict[str, str]] | None, tuple[int, ...], tuple[Any, ...], int | None
]
OF_PAGES: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (read_article_page, read_list_page, survey_page, outlinks, refresh_of)
}
# A feed of DOWNLOAD_MAXSIZE as a tree of elements, which takes 40 times its size; pages are cut long before.
_MOST_MEMORY = 3 * 1024**3
# Of an error's message, which may repeat the page: it stands in reports and on terminals.
_LONGEST_REASON = 300
# Exit code, errno's ENOMEM.
OUT_OF_MEMORY = 12


class Worker:
    """Answers questions about pages; a page is parsed once, whatever is asked of it while it is open."""

    def __init__(self) -> None:
        self._rules: list[Rules] = []
        self._pages: dict[int, Page] = {}

    def take(self, rules: Rules) -> None:
        """Keep rules for the questions that name their number, counted from 0."""
        self._rules.append(rules)

    def answer(self, question: _Question) -> tuple[Any, str | None]:
        """What the function gave, or what it raised."""
        name, number, source, closed, arguments, rules = question
        if rules is not None:
            arguments = (*arguments, self._rules[rules])
        try:
            return self._call(name, number, source, arguments), None
        except MemoryError:  # what earlier pages left may be at fault: a new process tries it
            raise SystemExit(OUT_OF_MEMORY) from None
        except Exception as error:
            said = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
            return None, "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in said)
        finally:
            for one in closed:
                self._pages.pop(one, None)

    def _call(
        self, name: str, number: int, source: tuple[bytes, str, dict[str, str]] | None, arguments: tuple[Any, ...]
    ) -> Any:
        if source is not None and name == "css_requisites":
            body, url, _ = source
            return css_requisites(body, url)
        if source is not None and name == "read_addresses":
            return read_addresses(*source, *arguments)
        if source is not None:
            self._pages[number] = open_page(*source)
        return OF_PAGES[name](self._pages[number], *arguments)


def serve(connection: socket.socket) -> None:
    """Answer until the other side hangs up, or is no more: then what is half said is nobody's loss."""
    reading = Worker()
    connection.sendall(bytes(4))
    with connection.makefile("rb") as incoming:
        while len(size := incoming.read(4)) == 4:
            said = incoming.read(int.from_bytes(size, "big"))
            if len(said) < int.from_bytes(size, "big"):
                return
            message = pickle.loads(said)
            if isinstance(message, Rules):
                reading.take(message)
                continue
            answer = pickle.dumps(reading.answer(message), protocol=5)
            connection.sendall(len(answer).to_bytes(4, "big") + answer)


def main() -> None:
    """Serve the socket whose descriptor is the first argument."""
    _, least = resource.getrlimit(resource.RLIMIT_AS)
    most = _MOST_MEMORY if least == resource.RLIM_INFINITY else min(_MOST_MEMORY, least)  # none may raise its own
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    leave_modules_out_of_collection()
    os.nice(1)  # where both want a core, fetching goes first
    with contextlib.suppress(ConnectionError), socket.socket(fileno=int(sys.argv[1])) as connection:
        serve(connection)


if __name__ == "__main__":
    main()
