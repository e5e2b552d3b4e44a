"""Signals are answered by a thread: whoever they interrupt may hold the lock that the answer needs."""

from __future__ import annotations

import os
import signal
import threading

from archive.signals import answered

SECONDS = 60


def test_a_signal_that_comes_while_a_lock_is_held_is_answered_once_it_is_free() -> None:
    lock, came = threading.Lock(), threading.Event()

    def answer() -> None:
        with lock:
            came.set()

    with answered({signal.SIGUSR1: answer}):
        with lock:
            os.kill(os.getpid(), signal.SIGUSR1)
            assert not came.is_set()
        assert came.wait(SECONDS)


def test_each_signal_has_its_answer_and_a_thousand_at_once_end_nothing() -> None:
    told, ended = list[signal.Signals](), threading.Event()
    answers = {
        signal.SIGUSR1: lambda: told.append(signal.SIGUSR1),
        signal.SIGUSR2: ended.set,
    }
    with answered(answers):
        for _ in range(1000):
            os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGUSR2)
        assert ended.wait(SECONDS)
    assert told and set(told) == {signal.SIGUSR1}


def test_behind_the_block_a_signal_does_what_it_did_before() -> None:
    came = list[int]()
    former = signal.signal(signal.SIGUSR1, lambda number, _: came.append(number))
    try:
        with answered({signal.SIGUSR1: lambda: None}):
            os.kill(os.getpid(), signal.SIGUSR1)
        assert came == []
        os.kill(os.getpid(), signal.SIGUSR1)
        assert came == [signal.SIGUSR1]
    finally:
        signal.signal(signal.SIGUSR1, former)
