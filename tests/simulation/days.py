"""The simulation: rounds an hour or two apart, in each of them the jobs of three papers, run as the daemon runs them.

`python tests/simulation/days.py --days 30` prints the figures; it asserts nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import attrs
from chronicle import Chronicle
from script import DAY, HOUR, OPENS_AT, Script, script_of
from support import forking

from archive.clock import clock_set
from archive.collection import Collection
from crawler.jobs.planning import plan
from crawler.jobs.running import Ended, Running
from crawler.jobs.schedule import AT_ONCE, Job, Schedule
from crawler.newsroom import RunningNewsroom, serve_newsroom

# Of those that Báo Cần Thơ declares the newsroom prints two.
SECTIONS = {"baocantho": ("thoi-su", "kinh-te"), "baolaocai": (), "baobaclieu": ()}
MENDED, WITH_FEEDS = (str(Path(__file__).with_name(f"{name}.py")) for name in ("mended", "with_feeds"))
# Nobody waits for a server that is down: rests take real time, and the days here do not. Pictures are asked for at each
# look at their article, as an exchanged one is found no sooner.
SETTINGS = {"BAOTINH_LONGEST_REST": "0", "BAOTINH_PICTURE_AGE": "30m"}
_KNOWN = "SELECT count(*) FROM addresses WHERE kind IN ('section', 'feed', 'sitemap', 'article')"


@attrs.frozen
class RoundClock:
    """A clock that stood at `instant` when time.monotonic(), which all processes share, stood at `began`."""

    instant: datetime
    began: float

    def __call__(self) -> datetime:
        return self.instant + timedelta(seconds=time.monotonic() - self.began)


@attrs.frozen
class Round:
    """A round: when, how the runs ended, the requests that came, and how many addresses were known after it."""

    at: datetime
    ended: tuple[Ended, ...]
    requests: int
    known: int
    seconds: float


class Simulation:
    """The days of a script, in a collection of their own."""

    def __init__(self, script: Script, folder: Path, newsroom: RunningNewsroom) -> None:
        self.script = script
        self.collection = Collection.create(folder / "held")
        self.chronicle = Chronicle(script, newsroom)
        self.rounds: list[Round] = []
        self._newsroom = newsroom
        self._clock: RoundClock | None = None
        self._instead = {"baobaclieu": WITH_FEEDS}  # declarations' files in the place of newspapers' names
        jobs = {
            f"jobs-{paper}": Job(name=f"jobs-{paper}", newspapers=(paper,), sections=sections, every=script.round)
            for paper, sections in SECTIONS.items()
        }
        self._schedule = Schedule(jobs=jobs, loopback=f"127.0.0.1:{newsroom.port}")

    def run(self) -> Iterator[Round]:
        """Act it out, round by round."""
        deeds = self.script.deeds()
        deed = next(deeds, None)
        self._plan()
        for number in range(self.script.days * DAY // self.script.round):
            at = OPENS_AT + number * self.script.round
            while deed is not None and deed.at <= at:
                self.chronicle.do(deed)
                if deed.kind == "mend":
                    self._instead["baocantho"] = MENDED
                deed = next(deeds, None)
            self.chronicle.pass_on_to(at)
            self.rounds.append(self._round(at))
            yield self.rounds[-1]

    def _plan(self) -> None:
        with self.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
            for job in self._schedule.jobs.values():
                plan(connection, self._schedule, job, job.newspapers[0], OPENS_AT)

    def _round(self, at: datetime) -> Round:
        began, before = time.monotonic(), self._asked()
        self._clock = RoundClock(at, began)
        with clock_set(self._clock), ThreadPoolExecutor(AT_ONCE) as pool:
            ended = tuple(pool.map(self._run, self._schedule.jobs.values()))
        with self.collection.catalog() as catalog:
            known = int(catalog.connection.execute(_KNOWN).fetchone()[0])
        return Round(at, ended, self._asked() - before, known, time.monotonic() - began)

    def _run(self, job: Job) -> Ended:
        return Running(self.collection, job, job.newspapers[0], self._schedule, begin=self._begin).wait()

    def _begin(
        self, command: list[str], output: IO[bytes] | int, errors: IO[bytes], environment: Mapping[str, str]
    ) -> forking.Forked:
        """Begin what `python -m crawler.cli ...` would be; see crawler.jobs.running.begin."""
        arguments = [self._instead.get(word, word) for word in command[command.index("crawler.cli") + 1 :]]
        more = {**environment, **SETTINGS}
        return forking.begin(arguments, more, stdout=output, stderr=errors, clock=self._clock)

    def _asked(self) -> int:
        return sum(self._newsroom.requests().values())

    @property
    def requests(self) -> int:
        """All requests that came to the papers."""
        return sum(one.requests for one in self.rounds)

    @property
    def baseline(self) -> int:
        """Those of a crawl that asks in each round for every list, feed, sitemap and article that is known."""
        return sum(one.known for one in self.rounds)


@contextlib.contextmanager
def simulation(script: Script, folder: Path) -> Iterator[Simulation]:
    """A simulation with its newsroom."""
    with serve_newsroom(script.seed, script.articles, opens_at=OPENS_AT) as newsroom:
        yield Simulation(script, folder, newsroom)


def main() -> None:
    """Act out days and print what they came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="keep the collection here")
    chosen = parser.parse_args()
    from judging import told

    with (
        tempfile.TemporaryDirectory() as scratch,
        simulation(script_of(chosen.days), chosen.folder or Path(scratch)) as acted,
    ):
        for one in acted.run():
            if one.at.hour + acted.script.round // HOUR >= 24:
                print(
                    f"{one.at:%Y-%m-%d}: {acted.requests} requests, {one.known} addresses, {one.seconds:.1f} s",
                    flush=True,
                )
        for line in told(acted):
            print(line)


if __name__ == "__main__":
    main()
