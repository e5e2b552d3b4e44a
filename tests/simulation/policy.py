"""By when the documented policy has a crawl look at something again, worked out from the script; asks no collection."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from chronicle import Life, Stand
from script import OPENS_AT, Script

from archive.revisit_policy import YEAR, RevisitPolicy

POLICY = RevisitPolicy()
# A round's crawls read the clock a little later than the round began.
SLACK = timedelta(minutes=5)
# When an article may have been changed as the crawl sees it: between these two.
Span = tuple[datetime, datetime]


def round_from(script: Script, instant: datetime) -> datetime:
    """The first round from an instant on in which the server answers."""
    number = max(-((OPENS_AT - instant) // script.round), 0)
    at = OPENS_AT + number * script.round
    while script.closed_from <= at < script.closed_until:
        at += script.round
    return at


def found_by(script: Script, published: datetime) -> datetime:
    """The round by which a new article must have been found: a list's longest wait later, and the downtime."""
    if published <= OPENS_AT:
        return OPENS_AT
    bound = published + POLICY.list_most
    if published < script.closed_until and bound >= script.closed_from:
        bound = max(bound, script.closed_until + POLICY.list_most)
    return round_from(script, bound)


def looked_at_by(script: Script, changed: Iterator[Span] | list[Span], instant: datetime) -> datetime:
    """The round by which an article must have been looked at after an instant, at the latest."""
    latest = instant
    for first, last in changed:
        age = next((age for age in POLICY.ages if first + age > instant), None)
        latest = max(latest, last + age if age else instant + YEAR)
    if latest >= script.closed_from and instant < script.closed_until:
        latest += script.closed_until - script.closed_from
    return round_from(script, latest)


class Expected:
    """What must have been seen of a life: each version with the round by which it must have been, and likewise the
    moves and the withdrawal. What did not stand so long may have been seen or not."""

    def __init__(self, script: Script, life: Life) -> None:
        self._script = script
        self.found = found_by(script, life.published)
        self.versions: list[tuple[Stand, datetime]] = []
        self.moves: list[tuple[str, datetime, datetime]] = []
        self.withdrawn: datetime | None = None
        # of pages that no rule fits only the day is read: their looks are counted from when they were found
        is_of_a_day = life.paper == "baocantho" and script.redesigned_at <= life.published < script.mended_at
        changed: list[Span] = [(life.published, self.found + SLACK if is_of_a_day else life.published)]
        for at, event in sorted(_events(script, life), key=lambda one: one[0]):
            by = self.found if event is life.versions[0] else max(self.found, looked_at_by(script, changed, at))
            if isinstance(event, Stand):
                self.versions.append((event, by))
                if event is not life.versions[0]:
                    is_sure = at > self.found and (event.until is None or event.until > by)
                    changed = [*([] if is_sure else changed), (at, by + SLACK)]
            elif event == "withdrawn":
                self.withdrawn = by
            else:
                self.moves.append((event, at, by))


def _events(script: Script, life: Life) -> Iterator[tuple[datetime, Stand | str]]:
    for stand in life.versions:
        yield stand.since, stand
    yield from life.moves
    if life.withdrawn_at is not None:
        yield life.withdrawn_at, "withdrawn"
