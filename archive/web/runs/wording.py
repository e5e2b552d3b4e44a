"""The state of a collection, and counts, outcomes and reasons of runs, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from archive.catalog.maintenance import Maintenance
from archive.daemon.heartbeat import DaemonState
from archive.ingest.runs import Deferral
from archive.language.catalogue import N_, gettext, ngettext
from archive.language.forms import clock, number, volume
from archive.status import FORESEEN, Status
from archive.web.queries.runs import OUTCOMES

_WHAT_OUTCOMES_MEAN = {
    "finished": N_("Every address that was due was requested; single pages may still have failed."),
    "stopped": N_("It was told to stop, or ran longer than allowed."),
    "failed": N_("The newspaper never answered, or the archive could not be written."),
    "interrupted": N_("The program ended suddenly; its files were put in order afterwards."),
    "running": N_("It is under way."),
}
_TO_RECOVER = N_("The program ended suddenly; the newspaper’s next run puts its files in order.")
_NAMES = {
    "pages": N_("pages read"),
    "pictures": N_("pictures captured"),
    "pictures requested again": N_("pictures requested again"),
    "pictures exchanged": N_("pictures that took another’s place"),
    "articles new": N_("new articles"),
    "articles changed": N_("changed articles"),
    "articles duplicate": N_("unchanged articles"),
    "readings": N_("later readings of versions"),
    "not modified": N_("pages answered as not modified"),
    "rejected": N_("pages that gave no article"),
    "unread": N_("captured pages that could not be read yet"),
    "read again": N_("pages that an earlier run could not read, read now"),
    "reading processes lost": N_("reading processes lost"),
    "doubtful": N_("articles with doubtful fields"),
    "errors": N_("errors"),
    "gone": N_("addresses gone"),
    "missing": N_("pages that the imported archive lacks"),
    "forbidden by robots.txt": N_("forbidden by robots.txt"),
    "removed by order": N_("removed by order"),
    "cut at the end": N_("requests cut off by the end of the run, to be repeated"),
    "revisits": N_("revisits: payloads captured before"),
    "WARC records": N_("WARC records"),
    "WARC bytes": N_("WARC bytes"),
    "cookies not kept": N_("cookies not kept"),
    "schemes refused": N_("addresses not on the web"),
    "private addresses refused": N_("private addresses refused"),
    "decompression bombs": N_("decompression bombs"),
    "records with another's id": N_("records with another record’s id, not read"),
    "coding faults": N_("bodies not encoded as their headers say"),
    "header bombs": N_("oversized headers"),
    "by rules": N_("articles read with the newspaper’s layout"),
    "beside the rules": N_("articles read without the newspaper’s layout"),
    "backfills ended": N_("sections whose backfill is complete"),
    "drawn": N_("pages drawn by scripts"),
    "loaded more": N_("times that a list loaded more"),
    "refused": N_("requests of scripts that were not made"),
    Deferral.QUIET_HOURS.count_name: N_("deferred: quiet hours"),
    Deferral.HOST_RESTS.count_name: N_("deferred: the newspaper’s server asked to wait"),
    Deferral.HOST_DOWN.count_name: N_("deferred: the newspaper’s server did not answer"),
    Deferral.REQUEST_BUDGET.count_name: N_("deferred: the day’s requests were used up"),
    Deferral.BYTE_BUDGET.count_name: N_("deferred: the day’s bytes were used up"),
}
# Counts in the reports of older versions
_OF_OLDER = {"walks ended": "backfills ended"} | {one.former_count_name: one.count_name for one in Deferral}
_KINDS = {
    "article": N_("article"),
    "section": N_("section list"),
    "feed": N_("feed"),
    "sitemap": N_("sitemap"),
    "picture": N_("picture"),
    "page": N_("page"),
}
_WHY_UNREAD = {
    "ended": N_("the reading process was lost"),
    "late": N_("reading took too long"),
    "raised": N_("the reader raised an error"),
}
_WHY_ENDED = {
    "finished": N_("everything was requested"),
    "shutdown": N_("told to stop"),
    "archive_failed": N_("the archive could not be written"),
}


def name(counted: str) -> str:
    """The name of what was counted; one without a translation as it was recorded."""
    return _word(_NAMES, _OF_OLDER.get(counted, counted), counted)


def outcome(ended: str | None) -> str:
    """How a run ended."""
    return _word(OUTCOMES, ended or "running", ended or "")


def what_outcome_means(ended: str | None, is_recovered: bool = True) -> str:
    """What it means that a run ended so; empty if that is not known.

    Args:
        is_recovered: whether its end is entered.
    """
    if ended == "interrupted" and not is_recovered:
        return gettext(_TO_RECOVER)
    return _word(_WHAT_OUTCOMES_MEAN, ended or "running", "")


def daemon(found: Status) -> str:
    """What the collection's daemon does, or since when it does nothing."""
    beat = found.heartbeat
    if beat is None:
        return gettext("running") if found.daemon.is_alive else gettext("none was started here")
    if found.daemon is DaemonState.DRAINING:
        return gettext("running since %(since)s; it begins no more runs", since=clock(beat.started_at))
    if found.daemon is DaemonState.HANGING:
        return gettext("it does not respond; the last sign of life came at %(at)s", at=clock(beat.beat_at))
    if found.daemon is DaemonState.DEAD:
        return gettext("it ended suddenly; the last sign of life came at %(at)s", at=clock(beat.beat_at))
    if found.daemon is DaemonState.ENDED:
        return gettext("it ended in order at %(at)s", at=clock(beat.ended_at or beat.beat_at))
    return gettext("running since %(since)s", since=clock(beat.started_at))


def disk(found: Status) -> str:
    """How much of the disk is free, and for how long that is enough."""
    free = volume(found.free_bytes)
    if found.days_left is None:
        return gettext("%(free)s free; there is less than a day of crawling to estimate from", free=free)
    if found.days_left > FORESEEN:
        return gettext("%(free)s free, at the rate of the last two weeks enough for years", free=free)
    days = int(found.days_left)
    return ngettext(
        "%(free)s free, at the rate of the last two weeks enough for about %(n)s day",
        "%(free)s free, at the rate of the last two weeks enough for about %(n)s days",
        days,
        free=free,
        n=number(days),
    )


def task(last: Maintenance | None) -> str:
    """When a task last ended, and whether it failed."""
    if last is None:
        return gettext("none recorded yet")
    if last.outcome == "failed":
        return gettext("failed at %(at)s", at=clock(last.ended_at))
    return clock(last.ended_at)


def why_ended(reason: str) -> str:
    """Why a run ended; a reason without a translation as it was recorded."""
    return _word(_WHY_ENDED, reason, reason)


def why_unread(failure: str) -> str:
    """Why a captured page could not be read; a reason without a translation as it was recorded."""
    return _word(_WHY_UNREAD, failure, failure)


def trouble_kind(kind: str) -> str:
    """The kind of address."""
    return _word(_KINDS, kind, kind)


def _word(words: Mapping[str, str], named: str, otherwise: str) -> str:
    return gettext(words[named]) if named in words else otherwise
