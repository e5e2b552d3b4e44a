"""An alarm as a value: its kind, the newspaper and the figures that were found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

import attrs
import cattrs

from archive.errors import FailureKind
from archive.plain_values import plain_converter
from archive.reasons import reason_words


@attrs.frozen(kw_only=True)
class Silence:
    """A section printed nothing since an instant; `longest` is the longest that it was silent before."""

    since: datetime
    silent: timedelta
    longest: timedelta

    def __str__(self) -> str:
        since = f"nothing since {self.since:%Y-%m-%d %H:%M} UTC, {_span(self.silent)}"
        return f"{since}; its longest silence was {_span(self.longest)}"


@attrs.frozen(kw_only=True)
class Failing:
    """The last runs failed: the kind of failure if known, the last message, and the name of the last good run."""

    failure: str | None
    last_good: str | None
    failure_kind: FailureKind | None = None

    def __str__(self) -> str:
        good = f"the last good one was {self.last_good}" if self.last_good else "none was good yet"
        return f"the last runs failed{f': {self.failure}' if self.failure else ''}; {good}"


@attrs.frozen(kw_only=True)
class Errors:
    """The share of failed requests in a run, or within a day up to it, and the usual share."""

    share: float
    usual: float
    run: str
    within_a_day: bool

    def __str__(self) -> str:
        which = f"within a day, to {self.run}," if self.within_a_day else f"of {self.run}"
        return f"{self.share:.0%} of the requests {which} failed; usually {self.usual:.0%} do"


@attrs.frozen(kw_only=True)
class HostErrors:
    """The share of requests to a host that failed within a day, repeated ones included, and the usual share."""

    share: float
    usual: float
    requests: int

    def __str__(self) -> str:
        return f"{self.share:.0%} of {self.requests} requests within a day failed; usually {self.usual:.0%} do"


@attrs.frozen(kw_only=True)
class Robots:
    """What robots.txt forbids since an instant: lists, the first of them with their paths, and latest articles."""

    since: datetime
    lists: int
    named: tuple[str, ...]
    articles: int
    of_articles: int

    def __str__(self) -> str:
        more = f" and {self.lists - len(self.named)} more" if self.lists > len(self.named) else ""
        lists = f"{self.lists} list{'' if self.lists == 1 else 's'}: {', '.join(self.named)}{more}"
        parts = [lists] if self.lists else []
        parts += [f"{self.articles} of the last {self.of_articles} articles"] if self.articles else []
        return f"since {self.since:%Y-%m-%d %H:%M} UTC robots.txt forbids {'; '.join(parts)}"


@attrs.frozen(kw_only=True)
class Layout:
    """Within a day: pages that gave no article, with the most frequent reasons by field, and articles that were read
    although the rules did not fit, both of so many pages."""

    rejected: int
    beside: int
    read: int
    reasons: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        most = "; ".join(f"{field}: {reason_words(reason)}" for field, reason in self.reasons)
        told = [f"{self.rejected} of {self.read} pages within a day gave no article ({most})"] if self.rejected else []
        if self.beside:
            told.append(f"{self.beside} of {self.read} articles within a day were read although the rules did not fit")
        return "; ".join(told)


@attrs.frozen(kw_only=True)
class FieldShare:
    """In how many of the last articles something is wrong with a field, and in how many of those before."""

    share: float
    before: float
    articles: int
    wrong: ClassVar[str]

    def __str__(self) -> str:
        return f"{self.share:.0%} of the last {self.articles} articles {self.wrong}; {self.before:.0%} of those before"


@attrs.frozen(kw_only=True)
class Lacking(FieldShare):
    """The articles lack the field."""

    wrong = "lack it"


@attrs.frozen(kw_only=True)
class Doubtful(FieldShare):
    """The articles have a doubt about the field."""

    wrong = "are doubtful in it"


@attrs.frozen(kw_only=True)
class Confidence:
    """The mean confidence of a field in the last articles, and in those before."""

    mean: float
    before: float
    articles: int

    def __str__(self) -> str:
        said = f"confidence {self.mean:.2f} in the last {self.articles} articles"
        return f"{said}; {self.before:.2f} in those before"


@attrs.frozen(kw_only=True)
class UnreadPages:
    """How many captured pages could not be read yet, since when; those tried most often, with the number of tries.

    Of the pages so many are lists: sections, feeds, sitemaps.
    """

    pages: int
    since: datetime
    named: tuple[tuple[str, int], ...]
    lists: int = 0

    def __str__(self) -> str:
        named = ", ".join(f"{url} (tried {tries} times)" for url, tries in self.named)
        more = f" and {self.pages - len(self.named)} more" if self.pages > len(self.named) else ""
        count = f"{self.pages} captured page{'' if self.pages == 1 else 's'}"
        return f"{count} could not be read yet, since {self.since:%Y-%m-%d %H:%M} UTC: {named}{more}"


@attrs.frozen(kw_only=True)
class Late:
    """When a job should have run, and how long ago that is."""

    due: datetime
    late: timedelta

    def __str__(self) -> str:
        return f"was to run at {self.due:%Y-%m-%d %H:%M} UTC, {_span(self.late)} ago"


@attrs.frozen(kw_only=True)
class Disk:
    """Free bytes, in how many days the disk is full, and the newspaper that grows fastest; None where unknown."""

    free: int
    days: float | None
    fastest: str | None

    def __str__(self) -> str:
        free = f"{self.free / 1e9:.1f} GB are free"
        if self.days is None:
            return f"{free}: growth unknown yet"
        return f"{free}: full in {self.days:.0f} days, {self.fastest} grows fastest"


@attrs.frozen(kw_only=True)
class Unwritable:
    """Why nothing can be written to the collection: a disk that is read-only, a newer catalog, no collection there."""

    reason: str
    since: datetime | None = None

    def __str__(self) -> str:
        since = f" since {self.since:%Y-%m-%d %H:%M} UTC" if self.since else ""
        return f"nothing can be written to the collection{since}: {self.reason}"


@attrs.frozen(kw_only=True)
class DaemonDead:
    """When the daemon gave its last sign of life, and how long ago that is; None where it never gave any."""

    seen: datetime | None = None
    silent: timedelta | None = None

    def __str__(self) -> str:
        if self.seen is None or self.silent is None:
            return "the daemon does not run"
        return f"the daemon gave no sign of life since {self.seen:%Y-%m-%d %H:%M} UTC, {_span(self.silent)}"


@attrs.frozen(kw_only=True)
class ScheduleFault:
    """Why the daemon could not read its schedule again; it runs the former one."""

    fault: str

    def __str__(self) -> str:
        return f"the schedule could not be read again, and the former one stays in force: {self.fault}"


Figures = (
    Silence | Failing | Errors | HostErrors | Robots | Layout | Lacking | Doubtful | Confidence | UnreadPages | Late
    | Disk | Unwritable | DaemonDead | ScheduleFault
)  # fmt: skip
_KINDS: Mapping[str, type[Figures]] = {
    "silence": Silence, "failing": Failing, "errors": Errors, "host": HostErrors, "robots": Robots, "layout": Layout,
    "field": Lacking, "doubt": Doubtful, "confidence": Confidence, "unread": UnreadPages, "late": Late, "disk": Disk,
    "unwritable": Unwritable, "daemon": DaemonDead, "schedule": ScheduleFault,
}  # fmt: skip
KINDS = tuple(_KINDS)
# What the catalog cannot show: raised by the daemon, or by whoever looks for it.
OUTSIDE = frozenset({"unwritable", "daemon", "schedule"})


@attrs.frozen(kw_only=True)
class Alarm:
    """A change for the worse. `subject` names the section, field or job, `figures` are the measured values.

    `detail` is the figures in English. An alarm that an earlier version stored has only this.
    """

    kind: str  # one of KINDS
    newspaper: str | None
    subject: str
    figures: Figures | None = None
    detail: str = attrs.field(
        default=attrs.Factory(lambda self: str(self.figures) if self.figures else "", takes_self=True)
    )

    @property
    def key(self) -> tuple[str, str | None, str]:
        """The key by which it is the same alarm as an earlier one with other figures."""
        return self.kind, self.newspaper, self.subject

    def values(self) -> dict[str, Any]:
        """The alarm as plain JSON values; times with their offset, spans in seconds."""
        said = {"kind": self.kind, "newspaper": self.newspaper, "subject": self.subject, "detail": self.detail}
        return said | {"figures": plain_converter().unstructure(self.figures) if self.figures else None}

    def to_row(self) -> str:
        """The value for the catalog: the figures as JSON, or the text of an alarm without figures."""
        return (
            json.dumps(plain_converter().unstructure(self.figures), ensure_ascii=False) if self.figures else self.detail
        )

    @classmethod
    def from_row(cls, kind: str, newspaper: str | None, subject: str, kept: str) -> Alarm:
        """The alarm that `to_row` stored; one of an earlier version has only its text."""
        try:
            figures = plain_converter().structure(json.loads(kept), _KINDS[kind])
        except (ValueError, LookupError, TypeError, cattrs.BaseValidationError):
            return cls(kind=kind, newspaper=newspaper, subject=subject, detail=kept)
        return cls(kind=kind, newspaper=newspaper, subject=subject, figures=figures)


def _span(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    if hours <= 0.5:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"
