"""Alarms in the reader's language, made from their figures, for the site and for notifications."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from archive import wording
from archive.health.alarm import (
    Alarm,
    Confidence,
    DaemonDead,
    Disk,
    Errors,
    Failing,
    FieldShare,
    HostErrors,
    Lacking,
    Late,
    Layout,
    Robots,
    ScheduleFault,
    Silence,
    UnreadPages,
    Unwritable,
)
from archive.health.kinds import KINDS
from archive.language.catalogue import gettext, ngettext
from archive.language.forms import decimal, hours_or_days, moment, number


def kind(alarm: Alarm) -> str:
    """The name of the alarm's kind."""
    return gettext(KINDS[alarm.kind][0]) if alarm.kind in KINDS else alarm.kind


def meaning(alarm: Alarm) -> str:
    """What an alarm of this kind means."""
    return gettext(KINDS[alarm.kind][1]) if alarm.kind in KINDS else ""


def first_step(alarm: Alarm) -> str:
    """What the operator does first about an alarm of this kind."""
    return gettext(KINDS[alarm.kind][2]) if alarm.kind in KINDS else ""


def headline(alarm: Alarm, titles: Mapping[str, str]) -> str:
    """An alarm in one line: its kind, the newspaper by its title, and the part of it.

    Args:
        titles: the newspapers' titles, by name.
    """
    title = titles.get(alarm.newspaper, alarm.newspaper) if alarm.newspaper else None
    return " · ".join(part for part in (kind(alarm), title, subject(alarm)) if part)


def subject(alarm: Alarm) -> str:
    """The part of the newspaper that the alarm concerns; empty if it concerns all of it."""
    if not alarm.subject:
        return ""
    if alarm.kind in ("field", "doubt", "confidence"):
        return gettext("field “%(name)s”", name=wording.field(alarm.subject))
    if alarm.kind == "late":
        return gettext("job “%(name)s”", name=alarm.subject)
    if alarm.kind == "host":
        return gettext("server %(name)s", name=alarm.subject)
    return gettext("section “%(name)s”", name=alarm.subject)


def detail(alarm: Alarm) -> str:
    """The figures in words; for alarms of earlier versions, the recorded text."""
    return _detail_of(alarm.figures) if alarm.figures is not None else alarm.detail


@singledispatch
def _detail_of(figures: Any) -> str:
    return str(figures)


@_detail_of.register
def _(found: Silence) -> str:
    return gettext(
        "No article since %(since)s, for %(silent)s; the longest silence before was %(longest)s.",
        since=moment(found.since),
        silent=hours_or_days(found.silent),
        longest=hours_or_days(found.longest),
    )


@_detail_of.register
def _(found: Failing) -> str:
    why = ": ".join(filter(None, (found.failure_kind and wording.why_failed(found.failure_kind), found.failure)))
    reason = f" ({why})" if why else ""
    if found.last_good:
        return gettext(
            "The last two runs failed%(reason)s; the last that finished is %(run)s.",
            reason=reason,
            run=found.last_good,
        )
    return gettext("The last two runs failed%(reason)s; none has finished yet.", reason=reason)


@_detail_of.register
def _(found: Errors) -> str:
    figures = {"share": f"{found.share:.0%}", "run": found.run, "usual": f"{found.usual:.0%}"}
    if found.within_a_day:
        return gettext(
            "%(share)s of the requests of one day, up to the run %(run)s, failed; %(usual)s is usual.",
            **figures,
        )
    return gettext("%(share)s of the requests of the run %(run)s failed; %(usual)s is usual.", **figures)


@_detail_of.register
def _(found: HostErrors) -> str:
    return ngettext(
        "Within a day, %(share)s of %(n)s request to it failed, repeated ones included; %(usual)s is usual.",
        "Within a day, %(share)s of %(n)s requests to it failed, repeated ones included; %(usual)s is usual.",
        found.requests,
        share=f"{found.share:.0%}",
        n=number(found.requests),
        usual=f"{found.usual:.0%}",
    )


@_detail_of.register
def _(found: Robots) -> str:
    parts = []
    if found.lists:
        named = _and_more(", ".join(found.named), found.lists - len(found.named))
        parts.append(
            ngettext("%(n)s list (%(named)s)", "%(n)s lists (%(named)s)", found.lists, n=found.lists, named=named)
        )
    if found.articles:
        parts.append(gettext("%(n)s of the last %(all)s articles", n=found.articles, all=found.of_articles))
    joined = gettext("%(lists)s and %(articles)s", lists=parts[0], articles=parts[1]) if parts[1:] else "".join(parts)
    return gettext("Since %(since)s, robots.txt forbids %(what)s.", since=moment(found.since), what=joined)


@_detail_of.register
def _(found: Layout) -> str:
    parts = []
    if found.rejected:
        most = "; ".join(f"{wording.field(field)}: {wording.why(reason)}" for field, reason in found.reasons)
        parts.append(
            gettext(
                "%(n)s of %(all)s pages gave no article, most often: %(most)s",
                n=found.rejected,
                all=found.read,
                most=most,
            )
        )
    if found.beside:
        parts.append(
            gettext(
                "%(n)s of %(all)s articles were read without the newspaper’s layout", n=found.beside, all=found.read
            )
        )
    return gettext("Within a day, %(what)s.", what="; ".join(parts))


@_detail_of.register
def _(found: FieldShare) -> str:
    figures = {"share": f"{found.share:.0%}", "n": number(found.articles), "before": f"{found.before:.0%}"}
    if isinstance(found, Lacking):
        return gettext("%(share)s of the last %(n)s articles lack it; before it was %(before)s.", **figures)
    return gettext("In %(share)s of the last %(n)s articles it is doubtful; before it was %(before)s.", **figures)


@_detail_of.register
def _(found: Confidence) -> str:
    return gettext(
        "The confidence is %(mean)s in the last %(n)s articles; before it was %(before)s.",
        mean=decimal(found.mean, 2),
        n=number(found.articles),
        before=decimal(found.before, 2),
    )


@_detail_of.register
def _(found: UnreadPages) -> str:
    named = ", ".join(
        ngettext("%(url)s (tried %(n)s time)", "%(url)s (tried %(n)s times)", tries, url=url, n=tries)
        for url, tries in found.named
    )
    return ngettext(
        "%(n)s page could not be read yet, since %(since)s: %(named)s.",
        "%(n)s pages could not be read yet, since %(since)s: %(named)s.",
        found.pages,
        n=found.pages,
        since=moment(found.since),
        named=_and_more(named, found.pages - len(found.named)),
    )


@_detail_of.register
def _(found: Late) -> str:
    return gettext("It was due at %(due)s, %(late)s ago.", due=moment(found.due), late=hours_or_days(found.late))


@_detail_of.register
def _(found: Disk) -> str:
    free = decimal(found.free / 1e9, 1)
    if found.days is None:
        return gettext("%(free)s GB are free; the daily growth is not known yet.", free=free)
    return ngettext(
        "%(free)s GB are free, enough for about %(n)s day; %(fastest)s grows fastest.",
        "%(free)s GB are free, enough for about %(n)s days; %(fastest)s grows fastest.",
        round(found.days),
        free=free,
        n=f"{found.days:.0f}",
        fastest=found.fastest,
    )


@_detail_of.register
def _(found: Unwritable) -> str:
    if found.since is None:
        return gettext("The reason is: %(reason)s.", reason=found.reason.rstrip("."))
    return gettext(
        "Since %(since)s. The reason is: %(reason)s.", since=moment(found.since), reason=found.reason.rstrip(".")
    )


@_detail_of.register
def _(found: DaemonDead) -> str:
    if found.seen is None or found.silent is None:
        return gettext("It was not started, or gave no sign of life.")
    return gettext(
        "It gave its last sign of life at %(seen)s, %(silent)s ago.",
        seen=moment(found.seen),
        silent=hours_or_days(found.silent),
    )


@_detail_of.register
def _(found: ScheduleFault) -> str:
    return gettext("It could not be read again: %(fault)s", fault=found.fault)


def _and_more(named: str, more: int) -> str:
    """What was named, and how many more pages there are."""
    if more <= 0:
        return named
    return ngettext("%(named)s and %(n)s more", "%(named)s and %(n)s more", more, named=named, n=more)
