"""`python -m attack`: attacks a daemon for so many minutes, judges what came of it, and prints what was done."""

from __future__ import annotations

import argparse
import random
import socket
import tempfile
import time
from pathlib import Path

from attack.actions import ACTIONS, Action, log_of, waited
from attack.listening import listening
from attack.stage import Stage, staged, until_true


def main() -> None:
    """Attack, judge, and end with an error where something was lost or told wrongly."""
    reading = argparse.ArgumentParser(prog="attack", description=__doc__)
    reading.add_argument("--minutes", type=float, default=60)
    reading.add_argument("--seed", type=int, default=1)
    reading.add_argument("--only", action="append", help="only the attacks with this word in their name")
    asked = reading.parse_args()
    actions = [one for one in ACTIONS if not asked.only or any(word in one.name for word in asked.only)]
    with tempfile.TemporaryDirectory() as folder, listening() as listeners:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with staged(Path(folder), listeners, port) as stage:
            try:
                attack(stage, actions, asked.minutes * 60, random.Random(asked.seed))
                judge(stage)
            except BaseException:
                print(log_of(stage.folder)[-6000:], flush=True)
                raise


def attack(stage: Stage, actions: list[Action], seconds: float, dice: random.Random) -> None:
    """Do all attacks in an order by chance, again and again, until the time is over."""
    began = time.monotonic()
    stage.write_settings()
    stage.start_newsroom()
    for words in (("init",), ("alarms", "mute", "disk", "--for", "1d", "--reason", "a small disk, on purpose")):
        done = stage.baotinh(*words)
        assert done.returncode == 0, done.stderr
    stage.start_daemon()
    stage.is_supervised = True
    until_true(lambda: stage.root.exists() and len(stage.articles()) > 10, 120, "articles")
    number = 0
    while True:
        for action in dice.sample(actions, len(actions)):
            number += 1
            _one(stage, action, number, began)
            if time.monotonic() - began > seconds and number >= len(actions):
                return


def _one(stage: Stage, action: Action, number: int, began: float) -> None:
    """One attack and its end; what is told is what it says, and nothing else."""
    before, held = len(stage.listeners.told), stage.articles()
    print(f"{time.monotonic() - began:6.0f} s  {number:3}. {action.name}", end="", flush=True)
    action.begin(stage)
    took = waited(stage, action.raised, before, action.seconds)
    action.end(stage)
    cleared = tuple(("cleared", kind, newspaper) for _, kind, newspaper in action.raised)
    waited(stage, cleared, before, 240)
    until_true(stage.is_up, 60, "a daemon")
    good = stage.good_runs()
    until_true(lambda: stage.good_runs() > good, 240, "a good run after it")
    assert stage.articles() >= held, f"{held - stage.articles()} are lost"
    told = sorted(one.what for one in stage.listeners.told[before:])
    assert told == sorted([*action.raised, *cleared]), told
    shown = f", told after {took:.0f} s" if action.raised else ""
    print(f": as it should be{shown}, {len(stage.articles())} articles", flush=True)


def judge(stage: Stage) -> None:
    """Nothing is lost, nothing was told by one way that was not by the other, and the collection is whole."""
    until_true(lambda: stage.articles() >= stage.truth(), 600, "every article that was printed")
    stage.stop_daemon()
    verified = stage.baotinh("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert stage.listeners.differs() is None, stage.listeners.differs()
    assert "Traceback" not in log_of(stage.folder)
    assert len(stage.listeners.pings) > 3
    left = [path.name for path in (stage.root / "warc").iterdir() if path.suffix in (".open", ".part")]
    assert left == [], left
    told = len(stage.listeners.told)
    print(
        f"nothing lost: {len(stage.articles())} articles; told {told} things by each of two ways; "
        f"{stage.restarts} restarts of the daemon; the collection is whole"
    )


if __name__ == "__main__":
    main()
