"""The confidence of each field, and the doubts about them."""

from __future__ import annotations

import re
from datetime import datetime

from archive.doubts import Doubt
from crawler.extract.dates.parsing import Instant
from crawler.extract.extraction import VOTED, Extraction
from crawler.extract.vote import LOW

_DAY_IN_ADDRESS = re.compile(r"/(?P<year>20\d\d)[/-]?(?P<month>0[1-9]|1[0-2])[/-]?(?P<day>0[1-9]|[12]\d|3[01])(?!\d)")
# By how far the readers agree; measured on pages with truth, the lower ones set lower than the few pages would have it,
# see docs/reading.md.
_BODY_BY_AGREEMENT = ((0.9, 0.95), (0.7, 0.85), (0.5, 0.75), (0.0, 0.6))
BODY_BY_RULE = 0.99


def confidences(reading: Extraction) -> dict[str, float]:
    """The confidence of each field that was voted on and has a value, and of the body."""
    found: dict[str, float] = {
        field: reading.votes[field].confidence for field in VOTED if reading.votes[field].candidate is not None
    }
    if reading.body.blocks:
        found["body"] = _of_body(reading)
    return found


def _of_body(reading: Extraction) -> float:
    if reading.is_by_rules:
        return BODY_BY_RULE
    agreement = reading.generic.agreement if reading.generic is not None else 0.0
    return next(share for least, share in _BODY_BY_AGREEMENT if agreement >= least)


def doubts(reading: Extraction, captured_at: datetime) -> dict[str, str]:
    """The doubt about each doubtful field, as it is stored; fields in alphabetical order."""
    found: dict[str, str] = {}
    for field, confidence in confidences(reading).items():
        if confidence < LOW:
            found[field] = _why(reading, field, confidence)
    published: Instant | None = reading.value("published_at")
    if published is not None and (why := _doubt_of_time(published, reading.page.url, captured_at)):
        found["published_at"] = why
    if reading.page.repair:
        found["text_encoding"] = reading.page.repair
    return dict(sorted(found.items()))


def _why(reading: Extraction, field: str, confidence: float) -> str:
    if field == "body":
        assert reading.generic is not None
        amounts = reading.generic.amounts
        return Doubt.BODY_WITHOUT_RULE.of(
            confidence=f"{confidence:.2f}",
            ground=amounts.ground.value,
            kept=amounts.kept,
            trafilatura=amounts.trafilatura,
            json_ld=amounts.json_ld,
            left_out=amounts.left_out,
        )
    vote = reading.votes[field]  # type: ignore[index]
    assert vote.candidate is not None
    others = sorted({one.source for one in vote.candidates if one.key != vote.candidate.key})
    named = {"others": ",".join(others)} if others else {}
    return Doubt.LOW_CONFIDENCE.of(confidence=f"{confidence:.2f}", source=vote.candidate.source, **named)


def _doubt_of_time(published: Instant, url: str, captured_at: datetime) -> str | None:
    """The contradiction of a time of publication with the capture time or the address, if there is one."""
    if published.at > captured_at and (published.at - captured_at).total_seconds() > 3600:
        return Doubt.AFTER_CAPTURE.of(captured_at=captured_at.isoformat())
    found = _DAY_IN_ADDRESS.search(url)
    if found is None:
        return None
    try:
        named = published.at.replace(year=int(found["year"]), month=int(found["month"]), day=int(found["day"]))
    except ValueError:
        return None
    return Doubt.OTHER_DAY.of(day=named.date()) if abs((named - published.at).days) > 2 else None
