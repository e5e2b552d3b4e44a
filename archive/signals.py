"""Signals that are answered by a thread, which may wait for locks: a handler may interrupt whoever holds them."""

from __future__ import annotations

import contextlib
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Mapping


@contextlib.contextmanager
def answered(answers: Mapping[signal.Signals, Callable[[], object]]) -> Iterator[None]:
    """Call a function for each of these signals that comes during the block, in a thread, one after the other.

    To be used in the main thread.
    """
    came: queue.SimpleQueue[int | None] = queue.SimpleQueue()  # the one queue that a handler may put something into
    thread = threading.Thread(target=_answer, args=(came, answers), name="signals", daemon=True)
    thread.start()
    former = {number: signal.signal(number, lambda one, _: came.put(one)) for number in answers}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        came.put(None)
        thread.join()


def _answer(came: queue.SimpleQueue[int | None], answers: Mapping[signal.Signals, Callable[[], object]]) -> None:
    while (number := came.get()) is not None:
        answers[signal.Signals(number)]()
