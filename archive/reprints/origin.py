"""Who printed a text first: what credits and times say, and how sure that is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

import attrs

from archive.catalog.reprints import Direction
from archive.search.terms.passages import BODY_BLOCKS
from archive.search.terms.vietnamese import composed, folded, words

_AGENCIES: Mapping[str, str] = {
    "ttxvn": "TTXVN", "thong tan xa viet nam": "TTXVN", "vietnamplus": "TTXVN", "vietnam plus": "TTXVN",
    "vietnam+": "TTXVN", "vna": "TTXVN", "bao tin tuc": "TTXVN", "baotintuc": "TTXVN",
    "afp": "AFP", "reuters": "Reuters", "tan hoa xa": "Xinhua", "thx": "Xinhua", "xinhua": "Xinhua",
    "kyodo": "Kyodo", "yonhap": "Yonhap", "tass": "TASS", "sputnik": "Sputnik", "bernama": "Bernama",
}  # fmt: skip
_AGENCY_PAPERS = frozenset({"vietnamplus", "baotintuc", "ttxvn", "vnanet"})
_CREDIT_WORDS = 12
# words that newspapers' names share
_COMMON = frozenset({"bao", "dien", "tu", "online", "tap", "chi", "va", "theo", "nguon", "thoi"})


@attrs.frozen(kw_only=True)
class Printing:
    """What is known of an article as a printing of a text.

    `published_from`, `published_until`: when it says that it appeared, to the minute or, where it names only the day,
    from its first to its last moment. `credits`: the agencies and papers that it says it took the text from.
    """

    article_id: str
    seq: int
    newspaper: str
    newspaper_title: str
    published_from: datetime
    published_until: datetime
    first_captured_at: datetime
    credits: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    has_author: bool = False

    @property
    def earliest(self) -> datetime:
        """Before this instant it was not there, as far as is known."""
        return min(self.published_from, self.first_captured_at)

    @property
    def latest(self) -> datetime:
        """By this instant it was there for sure."""
        return min(self.published_until, self.first_captured_at)

    def packed(self) -> str:
        """As JSON, without what the catalog has besides: ids and captures."""
        plain = attrs.asdict(self, filter=attrs.filters.exclude("article_id", "seq", "first_captured_at"))
        return json.dumps(plain, ensure_ascii=False, default=datetime.isoformat)

    @classmethod
    def unpacked(cls, kept: str, seq: int, article_id: str, first_captured_at: datetime) -> Self:
        """The printing that `packed` made."""
        plain = json.loads(kept)
        for name in ("published_from", "published_until"):
            plain[name] = datetime.fromisoformat(plain[name])
        for name in ("credits", "agencies"):
            plain[name] = tuple(plain[name])
        return cls(seq=seq, article_id=article_id, first_captured_at=first_captured_at, **plain)

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """The order in which printings are listed."""
        return self.earliest, self.first_captured_at, self.article_id

    @property
    def is_agency(self) -> bool:
        """Whether its paper is the agency's own."""
        return self.newspaper in _AGENCY_PAPERS


def printing_of(
    values: Mapping[str, Any], seq: int, article_id: str, newspaper_title: str, first_captured_at: datetime
) -> Printing:
    """The printing of an article's plain JSON values."""
    published = datetime.fromisoformat(values["published_at"])
    day_only = values.get("published_precision") == "day"
    credited = tuple(dict.fromkeys(_credits(values)))
    found = dict.fromkeys(agency for text in [*credited, *_in_text(values)] if (agency := agency_of(text)))
    return Printing(
        article_id=article_id,
        seq=seq,
        newspaper=str(values["newspaper"]),
        newspaper_title=newspaper_title,
        published_from=published,
        published_until=published + timedelta(days=1, microseconds=-1) if day_only else published,
        first_captured_at=first_captured_at,
        credits=credited,
        agencies=tuple(found),
        has_author=bool(values.get("authors")),
    )


def agency_of(credit: str) -> str | None:
    """The agency that a credit names; None where it names none."""
    said = f" {' '.join(_folded_words(credit))} "
    if "vietnam+" in folded(credit):
        return "TTXVN"
    return next((agency for name, agency in _AGENCIES.items() if f" {name} " in said), None)


def direction_of(first: Printing, second: Printing) -> tuple[bool, Direction]:
    """Whether the first of two printings is the source of the second, and by what that is known."""
    named = _names(second, first), _names(first, second)
    if named[0] != named[1]:
        return named[0], "credit"
    for one, other, is_first in ((first, second, True), (second, first, False)):
        if one.published_until < other.published_from and one.earliest <= other.earliest:
            return is_first, "time"
        if one.latest < other.earliest:
            return is_first, "capture"
    return first.order <= second.order, "doubtful"


def origin_of(printings: Sequence[Printing]) -> tuple[Printing, str | None, Direction]:
    """The earliest printing of a text, the agency whose text it is if any, and by what that is known.

    Where the earliest one credits the newspaper of another, that one is the first: a clock may be wrong. An agency has
    the text where the first printing credits it, or names no author while another one credits it.
    """
    ordered = sorted(printings, key=lambda one: one.order)
    own = [one for one in ordered if one.is_agency]
    first = own[0] if own else _credited(ordered)
    credited = [agency for one in ordered for agency in one.agencies]
    agency = first.agencies[0] if first.agencies else credited[0] if credited and not first.has_author else None
    if own:
        return first, agency or "TTXVN", "credit"
    if agency:
        return first, agency, "credit"
    ways = [direction_of(first, other) for other in ordered[1:]]
    if any(basis == "doubtful" or not is_source for is_source, basis in ways):
        return first, None, "doubtful"
    return first, None, ways[0][1] if ways else "doubtful"


def _credited(ordered: Sequence[Printing]) -> Printing:
    """The earliest printing, or the one whose newspaper it credits, or the one that this credits."""
    first, passed = ordered[0], {ordered[0].newspaper}
    while first.credits:
        named = next((one for one in ordered if one.newspaper not in passed and _names(first, one)), None)
        if named is None:
            break
        first = named
        passed.add(first.newspaper)
    return first


def origin_with(
    first: Printing, agency: str | None, basis: Direction, added: Printing, position: int
) -> tuple[str | None, Direction] | None:
    """The agency and the basis of a text of several printings once one more is known, as `origin_of` has them.

    Args:
        first: the text's origin until now; agency, basis: what was known of it.
        position: of the added printing among all, from 1.

    Returns:
        None where all printings must be looked at for it.
    """
    if added.is_agency or position == 1 or added.order < first.order or _names(first, added):
        return None
    if added.agencies and not first.agencies and not first.has_author and agency != added.agencies[0]:
        return (added.agencies[0], "credit") if agency is None else None
    if agency or basis == "doubtful":
        return agency, basis
    is_source, way = direction_of(first, added)
    if way == "doubtful" or not is_source:
        return None, "doubtful"
    return None, way if position == 2 else basis


def _names(copy: Printing, source: Printing) -> bool:
    """Whether a printing credits the newspaper of another one."""
    if source.is_agency and copy.agencies:
        return True
    wanted = set(_folded_words(source.newspaper_title)) - _COMMON
    said = [set(_folded_words(credit)) for credit in copy.credits]
    # a newspaper's name is that of its host: "Nguồn: baocantho.com.vn"
    return any((bool(wanted) and wanted <= names) or source.newspaper in names for names in said)


def _credits(values: Mapping[str, Any]) -> Iterator[str]:
    for contributor in values.get("contributors") or ():
        if contributor.get("role") == "source":
            yield contributor["name"]
    byline = values.get("byline") or ""
    if values.get("source"):
        yield values["source"]
    elif folded(byline).strip(" (").startswith("theo "):
        yield byline


def _in_text(values: Mapping[str, Any]) -> Iterator[str]:
    """Where a text names the agency beside its byline: dateline, first words, last line."""
    yield values.get("byline") or ""
    yield values.get("dateline") or ""
    texts = [one["text"] for one in values.get("body") or () if one["type"] in BODY_BLOCKS]
    opening = (values.get("lead") or "")[:40]
    if texts and len(texts[-1].split()) <= _CREDIT_WORDS:
        yield texts[-1]
    elif texts and texts[-1].rstrip(" .").endswith(")"):
        yield texts[-1].rpartition("(")[2]
    for text in (opening, *(one[:40] for one in texts[:1])):
        if ")" in text or " - " in text:
            yield text.partition(")")[0].partition(" - ")[0]


def _folded_words(text: str) -> list[str]:
    return [folded(word.text) for word in words(composed(text))]
