"""The query in the address of a list of changes, and addresses with changes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode

import attrs
from starlette.datastructures import QueryParams

from archive.catalog.change_lists import ChangeFilters, Cursor
from archive.changes.kinds import ChangeKind
from archive.language.catalogue import gettext
from archive.web.queries.parameters import LONGEST_VALUE, parse_period

CHANGES_PATH, FEED_PATH = "/changes", "/changes.atom"
MOST_WORDS = 1_000_000
LONGEST_TEXT = 200
# A WARC-Date with microseconds and the number of a row
_CURSOR = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z),(\d{1,18})")


@attrs.frozen(kw_only=True)
class ChangesQuery:
    """Which changes are listed, from an address. `wrong` has messages about parameters that are not valid."""

    FILTERS: ClassVar[tuple[str, ...]] = ("newspaper", "section", "kinds", "silent", "since", "until", "words", "text")

    newspaper: str = ""
    section: str = ""
    kinds: tuple[ChangeKind, ...] = ()
    silent: bool = False
    since: date | None = None
    until: date | None = None
    words: int = 0
    text: str = ""
    """Words that were removed or added, side by side."""
    before: Cursor | None = None
    unread: Mapping[str, tuple[str, str]] = attrs.field(factory=dict)
    """Days that were typed and cannot be read; see `TypedPeriod`."""
    wrong: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: QueryParams) -> ChangesQuery:
        """The changes that these query parameters ask for."""
        wrong: list[str] = []
        period = parse_period(values, wrong)
        newspaper, section = (values.get(name, "").strip()[:LONGEST_VALUE] for name in ("newspaper", "section"))
        return cls(
            newspaper=newspaper, section=section, kinds=_kinds(values.getlist("kind"), wrong),
            silent=values.get("silent", "") in {"1", "on", "true"}, since=period.since, until=period.until,
            unread=period.unread, text=values.get("text", "").strip()[:LONGEST_TEXT],
            words=_words(values.get("words", "").strip(), wrong),
            before=read_cursor(values.get("before", ""), wrong), wrong=tuple(wrong),
        )  # fmt: skip

    @property
    def filters(self) -> ChangeFilters:
        """The filters for the catalog's list; `text` is sought beside them."""
        return ChangeFilters.of_days(
            self.since, self.until, newspaper=self.newspaper or None, section=self.section or None, kinds=self.kinds,
            is_silent=self.silent, least=self.words,
        )  # fmt: skip

    def address(self, path: str = CHANGES_PATH, **changes: Any) -> str:
        """The address of this list with changes, on its first page unless `before` is given."""
        other = attrs.evolve(self, **({"before": None} | changes))
        values = [
            ("newspaper", other.newspaper),
            ("section", other.section),
            *(("kind", kind.value) for kind in other.kinds),
            ("silent", "1" if other.silent else ""),
            ("from", other.since.isoformat() if other.since else ""),
            ("to", other.until.isoformat() if other.until else ""),
            ("words", str(other.words) if other.words else ""),
            ("text", other.text),
            ("before", cursor_text(other.before) if other.before else ""),
        ]
        asked = urlencode([(name, value) for name, value in values if value])
        return path + (f"?{asked}" if asked else "")


def cursor_text(cursor: Cursor) -> str:
    """A cursor as an address has it."""
    return f"{cursor[0]},{cursor[1]}"


def read_cursor(text: str, wrong: list[str]) -> Cursor | None:
    """The cursor of an address; None where none is given, or none that is one, with a message in `wrong`."""
    if not text:
        return None
    found = _CURSOR.fullmatch(text)
    if found is None:
        wrong.append(gettext("The list has no such page."))
        return None
    return found[1], int(found[2])


def _kinds(named: list[str], wrong: list[str]) -> tuple[ChangeKind, ...]:
    known = {kind.value: kind for kind in ChangeKind}
    wrong += [gettext("There is no choice “%(value)s”.", value=one[:20]) for one in named if one and one not in known]
    return tuple(dict.fromkeys(known[one] for one in named if one in known))


def _words(text: str, wrong: list[str]) -> int:
    if not text:
        return 0
    if text.isascii() and text.isdigit() and len(text) < 8 and int(text) <= MOST_WORDS:
        return int(text)
    wrong.append(gettext("“%(text)s” is not a number of words.", text=text[:20]))
    return 0
