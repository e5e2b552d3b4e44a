"""What happens in the newsroom on which day, drawn from a seed; does none of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import attrs

from crawler.newsroom.story import VIETNAM

OPENS_AT = datetime(2026, 3, 1, tzinfo=VIETNAM)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@attrs.frozen(order=True)
class Deed:
    """Something that is done at an instant; what it is done to is chosen when it is done."""

    at: datetime
    kind: str  # publish, edit, edit again, move, withdraw, close, open, redesign, mend, silence
    chance: int = 0


@attrs.frozen(kw_only=True)
class Script:
    """So many days from the opening with crawls a `round` apart, and when on them happens what is not of every day.

    Args:
        articles: how many are there at the opening; the others are numbers of deeds a day.
        closed_from, closed_until: between these the server is down.
        redesigned_at, mended_at: when Báo Cần Thơ's pages get another markup, and when its declaration knows it.
        silent: paper, section by slug, and since when nothing is printed there.
    """

    days: int
    round: timedelta
    closed_from: datetime
    closed_until: datetime
    redesigned_at: datetime
    mended_at: datetime
    silent: tuple[str, str, datetime]
    seed: int = 11
    articles: int = 400
    published: int = 60
    edited: int = 8
    edited_twice: int = 3
    moved: int = 2
    withdrawn: int = 3

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return OPENS_AT + self.days * DAY

    def deeds(self) -> Iterator[Deed]:
        """All that is done, in order of time, no two in the same minute."""
        special = {
            self.closed_from: "close", self.closed_until: "open", self.redesigned_at: "redesign",
            self.mended_at: "mend", self.silent[2]: "silence",
        }  # fmt: skip
        for day in range(self.days):
            midnight = OPENS_AT + day * DAY
            found = list(self._of_day(midnight, frozenset(special)))
            found += [Deed(at, kind) for at, kind in special.items() if midnight <= at < midnight + DAY]
            yield from sorted(found)

    def _of_day(self, midnight: datetime, taken: frozenset[datetime]) -> Iterator[Deed]:
        chance = Random(f"{self.seed} {midnight}")
        by_day, by_night = list(range(5 * 60, 23 * 60)), [*range(1, 5 * 60), *range(23 * 60, 24 * 60)]
        chance.shuffle(by_day)
        chance.shuffle(by_night)
        counts = {
            "publish": self.published, "edit": self.edited, "edit again": self.edited_twice, "move": self.moved,
            "withdraw": self.withdrawn,
        }  # fmt: skip
        for kind, count in counts.items():
            for nth in range(count):
                minutes = by_night if nth % 12 == 11 else by_day
                at = midnight + minutes.pop() * MINUTE
                if at not in taken:
                    yield Deed(at, kind, chance.randrange(1 << 30))


SHORT = Script(
    days=5,
    round=2 * HOUR,
    closed_from=OPENS_AT + DAY + 7 * HOUR,
    closed_until=OPENS_AT + DAY + 15 * HOUR,
    redesigned_at=OPENS_AT + 2 * DAY + 9 * HOUR,
    mended_at=OPENS_AT + 3 * DAY + 9 * HOUR,
    silent=("baolaocai", "van-hoa", OPENS_AT),
)
LONG = Script(
    days=30,
    round=HOUR,
    closed_from=OPENS_AT + 9 * DAY,
    closed_until=OPENS_AT + 10 * DAY,
    redesigned_at=OPENS_AT + 19 * DAY + 9 * HOUR,
    mended_at=OPENS_AT + 20 * DAY + 9 * HOUR,
    silent=("baolaocai", "van-hoa", OPENS_AT + 13 * DAY),
)


def script_of(days: int) -> Script:
    """The script of so many days: the long one from 22 days on, else the short one."""
    return attrs.evolve(LONG if days >= 22 else SHORT, days=days)
