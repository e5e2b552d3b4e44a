"""The process that reads pages for a crawl: jobs come in on one socket and go back on it; it fetches nothing.

When it is ready it sends four zeros. A job is four bytes of length, big end first, and a pickle of (function's name,
arguments); an answer likewise, of (what it gave, or None; what it raised, or None). Rules come once, ahead of the first
job that needs them.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
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
# Of an error's message, which may repeat the page: it stands in reports and on terminals.
_LONGEST_REASON = 300
# Exit code, errno's ENOMEM.
OUT_OF_MEMORY = 12


def serve(connection: socket.socket) -> None:
    """Read pages until the other side hangs up, or is no more: then what is half said is nobody's loss."""
    rules: list[Rules] = []
    connection.sendall(bytes(4))
    with connection.makefile("rb") as incoming:
        while len(size := incoming.read(4)) == 4:
            said = incoming.read(int.from_bytes(size, "big"))
            if len(said) < int.from_bytes(size, "big"):
                return
            job = pickle.loads(said)
            if isinstance(job, Rules):
                rules.append(job)
                continue
            answer = pickle.dumps(_done(job, rules), protocol=5)
            connection.sendall(len(answer).to_bytes(4, "big") + answer)


def _done(job: tuple[str, tuple[Any, ...], int], rules: list[Rules]) -> tuple[Any, str | None]:
    name, arguments, number = job
    try:
        return FUNCTIONS[name](*arguments, rules[number]), None
    except MemoryError:  # what earlier pages left may be at fault: a new process tries it
        raise SystemExit(OUT_OF_MEMORY) from None
    except Exception as error:
        said = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
        return None, "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in said)


def main() -> None:
    """Serve the socket whose descriptor is the first argument."""
    _, least = resource.getrlimit(resource.RLIMIT_AS)
    most = _MOST_MEMORY if least == resource.RLIM_INFINITY else min(_MOST_MEMORY, least)  # none may raise its own
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    os.nice(1)  # where both want a core, fetching goes first
    with contextlib.suppress(ConnectionError), socket.socket(fileno=int(sys.argv[1])) as connection:
        serve(connection)


if __name__ == "__main__":
    main()
