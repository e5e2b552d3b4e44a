"""Tells alarms from their consequences, so that one cause rings once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

import attrs

from archive.catalog import Catalog
from archive.clock import warc_date
from archive.errors import FailureKind
from archive.health.alarm import Alarm, Disk, Failing, Late, Layout, Robots, UnreadPages

# So long after a layout was mended the latest articles that are compared may still be those that it did not fit.
_LAYOUT_SHOWS = timedelta(days=3)
_LITTLE_ROOM = 1_000_000_000


@attrs.frozen(kw_only=True)
class Examined:
    """The alarms that apply, and those that only follow from one of them; both in a fixed order."""

    alarms: tuple[Alarm, ...]
    consequences: tuple[Alarm, ...]


@attrs.frozen
class _Known:
    """What the catalog knows besides: newspapers with a run under way, and those whose layout rang lately."""

    running: Collection[str]
    mended: Collection[str]


def separate(found: Sequence[Alarm], catalog: Catalog, instant: datetime) -> Examined:
    """Tell the alarms from their consequences."""
    order = sorted(found, key=lambda alarm: (alarm.kind, alarm.newspaper or "", alarm.subject))
    known = _known(catalog, instant)
    follows = [
        any(_follows(one, other, known) for other in order if other != one) or _lags(one, known) for one in order
    ]
    return Examined(
        alarms=tuple(one for one, is_one in zip(order, follows, strict=True) if not is_one),
        consequences=tuple(one for one, is_one in zip(order, follows, strict=True) if is_one),
    )


def _known(catalog: Catalog, instant: datetime) -> _Known:
    running = catalog.connection.execute("SELECT newspaper FROM runs WHERE outcome IS NULL")
    # one that is not cleared yet, and no longer found, is cleared at this instant
    mended = catalog.connection.execute(
        "SELECT DISTINCT newspaper FROM alarms WHERE kind = 'layout' AND (cleared_at IS NULL OR cleared_at > ?)",
        (warc_date(instant - _LAYOUT_SHOWS),),
    )
    return _Known({name for (name,) in running}, {name for (name,) in mended})


def _follows(one: Alarm, other: Alarm, known: _Known) -> bool:
    """Whether an alarm is a consequence of another, which concerns the same newspaper or all."""
    rule = _RULES.get((other.kind, one.kind))
    return rule is not None and other.newspaper in (None, one.newspaper) and rule(one, other, known)


def _lags(one: Alarm, known: _Known) -> bool:
    """Whether an alarm of a field comes from articles that a layout did not fit which is mended now."""
    return one.kind in _OF_FIELDS and one.newspaper in known.mended


def _always(_one: Alarm, _other: Alarm, _known: _Known) -> bool:
    return True


def _same_field(one: Alarm, other: Alarm, _known: _Known) -> bool:
    return one.subject == other.subject


def _failed_for(alarm: Alarm, kind: FailureKind) -> bool:
    return isinstance(alarm.figures, Failing) and alarm.figures.failure_kind is kind


def _is_refused(one: Alarm, other: Alarm, _known: _Known) -> bool:
    """The runs cannot write, and the disk is full, or the collection cannot be written."""
    is_full = not isinstance(other.figures, Disk) or other.figures.free < _LITTLE_ROOM
    return is_full and _failed_for(one, FailureKind.UNWRITABLE)


def _lists_are_forbidden(one: Alarm, other: Alarm, _known: _Known) -> bool:
    """No section can be read, or one is silent, as robots.txt forbids lists."""
    is_list = isinstance(other.figures, Robots) and other.figures.lists > 0
    return is_list and (one.kind == "silence" or _failed_for(one, FailureKind.SECTIONS_UNREAD))


def _lists_are_unread(one: Alarm, other: Alarm, _known: _Known) -> bool:
    """No section can be read, as the reading process fails on their pages."""
    is_list = isinstance(other.figures, UnreadPages) and other.figures.lists > 0
    return is_list and _failed_for(one, FailureKind.SECTIONS_UNREAD)


def _read_by_failing_runs(one: Alarm, other: Alarm, known: _Known) -> bool:
    """Pages stay unread, as the runs that are to read them fail."""
    return not _lists_are_unread(other, one, known)


def _sections_changed_too(_one: Alarm, other: Alarm, _known: _Known) -> bool:
    """A redesign made the lists unreadable, and the articles' pages as well."""
    return _failed_for(other, FailureKind.SECTIONS_UNREAD)


def _pages_gave_no_article(_one: Alarm, other: Alarm, _known: _Known) -> bool:
    """A section seems silent, as the pages of its articles cannot be read."""
    return isinstance(other.figures, Layout) and other.figures.rejected > 0


def _waits_for_a_run(one: Alarm, _other: Alarm, known: _Known) -> bool:
    """A job waits for a run of its newspaper, whose runs fail."""
    return one.newspaper in known.running


def _other_job_is_later(one: Alarm, other: Alarm, _known: _Known) -> bool:
    """Several jobs of a newspaper are late: the one that was due first tells of them all."""
    if not isinstance(one.figures, Late) or not isinstance(other.figures, Late) or one.newspaper != other.newspaper:
        return False
    return (other.figures.due, other.subject) < (one.figures.due, one.subject)


_OF_FIELDS = ("field", "doubt", "confidence")
# By the kinds of a cause and of its consequence: when the one follows from the other.
_RULES: dict[tuple[str, str], Callable[[Alarm, Alarm, _Known], bool]] = {
    ("failing", "errors"): _always,
    ("failing", "host"): _always,
    ("errors", "host"): _always,
    ("failing", "unread"): _read_by_failing_runs,
    ("unread", "failing"): _lists_are_unread,
    ("failing", "late"): _waits_for_a_run,
    ("failing", "layout"): _sections_changed_too,
    ("layout", "silence"): _pages_gave_no_article,
    ("robots", "silence"): _lists_are_forbidden,
    ("robots", "failing"): _lists_are_forbidden,
    ("disk", "failing"): _is_refused,
    ("unwritable", "failing"): _is_refused,
    ("unwritable", "late"): _always,
    ("daemon", "late"): _always,
    ("late", "late"): _other_job_is_later,
    **{("layout", kind): _always for kind in _OF_FIELDS},
    ("field", "doubt"): _same_field,
    ("field", "confidence"): _same_field,
    ("doubt", "confidence"): _same_field,
}
