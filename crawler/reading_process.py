"""The process that reads pages for a crawl: jobs come in on one socket and go back on it; it fetches nothing.

A job is four bytes of length, big end first, and a pickle of (function's name, arguments); an answer likewise, of
(what it gave, or None; what it raised, or None). Rules come once, ahead of the first job that needs them.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import socket
import sys
from typing import Any

from crawler.extract.reading import Rules, read_article_page, read_list_page
from crawler.survey.feeds import read_addresses
from crawler.survey.page import survey_page

FUNCTIONS: dict[str, Any] = {
    function.__name__: function for function in (read_article_page, read_list_page, survey_page, read_addresses)
}
# A page of DOWNLOAD_MAXSIZE as a tree of elements; beyond that a page is hostile.
_MOST_MEMORY = 6 * 1024**3


def serve(connection: socket.socket) -> None:
    """Read pages until the other side hangs up."""
    rules: list[Rules] = []
    with connection.makefile("rb") as incoming, connection.makefile("wb") as outgoing:
        while size := incoming.read(4):
            job = pickle.loads(incoming.read(int.from_bytes(size, "big")))
            if isinstance(job, Rules):
                rules.append(job)
                continue
            answer = pickle.dumps(_done(job, rules), protocol=5)
            outgoing.write(len(answer).to_bytes(4, "big") + answer)
            outgoing.flush()


def _done(job: tuple[str, tuple[Any, ...], int], rules: list[Rules]) -> tuple[Any, str | None]:
    name, arguments, number = job
    try:
        return FUNCTIONS[name](*arguments, rules[number]), None
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"


def main() -> None:
    """Serve the socket whose descriptor is the first argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the crawl, which hangs up when it is done
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    os.nice(1)  # where both want a core, fetching goes first
    with socket.socket(fileno=int(sys.argv[1])) as connection:
        serve(connection)


if __name__ == "__main__":
    main()
