"""Finds fields that are missing, doubtful or unsure far more often in the latest versions of articles than before."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from archive.catalog.versions import RecentVersion
from archive.health.alarm import Alarm, Confidence, Doubtful, Lacking

# How many versions are compared with those before them.
_LATEST = 30
_DROP, _LESS_SURE = 0.3, 0.15
_FIELDS = ("kicker", "lead", "section", "byline", "authors", "tags", "canonical_url")


def field_alarms(newspaper: str, versions: Sequence[RecentVersion]) -> Iterator[Alarm]:
    """A field is missing or doubtful far more often in the latest articles than before; `versions`: newest first."""
    if len(versions) < 4 * _LATEST:
        return
    for kind, named in (("field", [one.missing for one in versions]), ("doubt", [one.doubts for one in versions])):
        recent, past = named[:_LATEST], named[_LATEST:]
        for field in sorted(set[str]().union(*recent)) if kind == "doubt" else _FIELDS:
            now, before = (sum(field in one for one in part) / len(part) for part in (recent, past))
            if now - before > _DROP:
                made = Lacking if kind == "field" else Doubtful
                figures = made(share=now, before=before, articles=len(recent))
                yield Alarm(kind=kind, newspaper=newspaper, subject=field, figures=figures)
    yield from _confidence(newspaper, [one.confidence for one in versions])


def _confidence(newspaper: str, confidences: Sequence[dict[str, float]]) -> Iterator[Alarm]:
    """The mean confidence of a field is far lower in the latest articles than before."""
    recent, past = confidences[:_LATEST], confidences[_LATEST:]
    for field in sorted(set[str]().union(*recent) & set[str]().union(*past)):
        now, before = (statistics.fmean(one[field] for one in part if field in one) for part in (recent, past))
        if before - now > _LESS_SURE:
            figures = Confidence(mean=now, before=before, articles=len(recent))
            yield Alarm(kind="confidence", newspaper=newspaper, subject=field, figures=figures)
