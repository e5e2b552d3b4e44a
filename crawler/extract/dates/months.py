"""Days whose month is a word: "24 Oct 2024", "October 24, 2024", "2 tháng Mười 2024", "Th10 2, 2024"."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan ene gen янв", "feb fév fev фев", "mar mär maa mrt мар", "apr abr avr апр", "may mai maj mag mei мая май",
         "jun giu juin июн", "jul lug juil июл", "aug ago aoû aou авг", "sep set сен", "oct okt ott out окт", "nov ноя",
         "dec dez dic des déc дек"), 1
    )
    for name in names.split()
}  # fmt: skip
_BY_LENGTH = sorted(_MONTHS, key=len, reverse=True)
_NAMED = r"(?P<month>(?:" + "|".join(_BY_LENGTH) + r")[^\W\d_]{0,8})"
_BY_NAME = (
    # asctime: the year stands behind the clock
    rf"(?<!\w){_NAMED}\s+(?P<day>\d{{1,2}})\s+"
    r"(?=\d\d:\d\d:\d\d\s+(?:[A-Z]{1,5}\s+|[+-]\d{4}\s+)?(?P<year>(?:19|20)\d\d)(?!\d))",
    # "02Oct2024" and the "02/Oct/2024" of servers' logs
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?(?:[\s-]+(?:de\s+)?|/|){_NAMED}\.?,?(?:[\s-]+(?:de\s+|del\s+)?|/|)"
    r"(?P<year>(?:19|20)\d\d(?!\d)|\d\d(?=\s+\d\d:\d\d))",
    rf"(?<!\w){_NAMED}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)(?!\d)",
    rf"(?<!\d)(?P<year>(?:19|20)\d\d)[\s/-]{_NAMED}[\s/-](?P<day>\d{{1,2}})(?!\d)",
)
_VIETNAMESE = {
    name: number
    for number, names in enumerate(
        ("một giêng", "hai", "ba", "tư bốn", "năm", "sáu", "bảy bẩy", "tám", "chín", "mười", "", "chạp"), 1
    )
    for name in names.split()
} | {"mười một": 11, "mười hai": 12}
# "thg 10" as browsers shorten it, "Th10" as WordPress does
_WORDED = (
    r"(?:tháng\s+(?P<month>mười\s+(?:một|hai)|" + "|".join(name for name in _VIETNAMESE if " " not in name) + r")"
    r"|(?:tháng|thg\.?|th\.?)\s*(?P<nth>1[0-2]|0?[1-9])(?!\d))"
)
_BY_WORD = (
    rf"(?<!\d)(?P<day>\d{{1,2}})\s+{_WORDED},?\s+(?:năm\s+)?(?P<year>(?:19|20)\d\d)(?!\d)",
    rf"\b{_WORDED}\s+(?P<day>\d{{1,2}}),?\s+(?:năm\s+)?(?P<year>(?:19|20)\d\d)(?!\d)",
)
# "15 មីនា 2026", "ថ្ងៃទី15 ខែមីនា ឆ្នាំ2026"; the month in figures too
_KHMER = {
    name: number
    for number, names in enumerate(
        ("មករា", "កុម្ភៈ កុម្ភះ កុម្ភ", "មីនា មិនា", "មេសា", "ឧសភា", "មិថុនា", "កក្កដា", "សីហា", "កញ្ញា", "តុលា", "វិច្ឆិកា", "ធ្នូ"), 1
    )
    for name in names.split()
}  # fmt: skip
_BY_KHMER = (
    rf"(?<!\d)(?P<day>\d{{1,2}})[\s,-]{{0,3}}(?:ខែ\s?)?(?:(?P<month>{'|'.join(_KHMER)})|(?<=ខែ)(?P<nth>1[0-2]|0?[1-9])(?!\d))"
    r"[\s,:-]{0,3}(?:ឆ្នាំ\s?)?(?P<year>(?:19|20)\d\d)(?!\d)",
)
_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (*_BY_NAME, *_BY_WORD, *_BY_KHMER))


def day_by_month_name(text: str) -> tuple[date, int, int] | None:
    """The first day with a worded month, with the places of its first and last character; None where there is none.

    Raises:
        ValueError: there is no such day.
    """
    found = next((found for pattern in _PATTERNS if (found := pattern.search(text))), None)
    if found is None:
        return None
    return date(full_year(found["year"]), _month(found), int(found["day"])), found.start(), found.end()


def full_year(printed: str) -> int:
    """RFC 2822, 4.3: a year of two figures up to 49 is of this century."""
    year = int(printed)
    return year if len(printed) == 4 else year + (2000 if year < 50 else 1900)


def _month(found: re.Match[str]) -> int:
    named = found.groupdict()
    if nth := named.get("nth"):
        return int(nth)
    name = " ".join(named["month"].casefold().split())
    worded = _VIETNAMESE.get(name) or _KHMER.get(name)
    return worded if worded else next(_MONTHS[known] for known in _BY_LENGTH if name.startswith(known))
