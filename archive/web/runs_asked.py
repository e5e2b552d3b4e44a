"""Which runs an address asks for, and addresses for asking otherwise; looks nothing up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import attrs

from archive.web.asked import LONGEST_VALUE, choice_asked
from archive.web.counted import OUTCOMES

PAGE_SIZE = 30
_LAST_PAGE = 100_000


@attrs.frozen(kw_only=True)
class RunsAsked:
    """A page of runs as its address says it. `wrong` holds what could not be read, in words for the reader."""

    newspaper: str = ""
    outcome: str = ""
    job: str = ""
    page: int = 1
    wrong: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, str]) -> RunsAsked:
        """The runs that these query parameters ask for."""
        wrong: list[str] = []
        newspaper, job = (values.get(name, "").strip()[: LONGEST_VALUE + 1] for name in ("newspaper", "job"))
        page = values.get("page", "1") or "1"
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 0
        if not 1 <= number <= _LAST_PAGE:
            wrong.append(f"Số trang “{page[:20]}” không hợp lệ.")
        outcome = choice_asked(values, "outcome", OUTCOMES, "", wrong)
        return cls(
            newspaper=newspaper, outcome=outcome, job=job, page=min(max(number, 1), _LAST_PAGE), wrong=tuple(wrong)
        )

    @property
    def narrowed(self) -> bool:
        """Whether these are not all runs."""
        return bool(self.newspaper or self.outcome or self.job)

    def arguments(self) -> dict[str, str | None]:
        """Keyword arguments for the catalog's `runs` and `count_runs`."""
        return {"newspaper": self.newspaper or None, "outcome": self.outcome or None, "job": self.job or None}

    def address(self, **changes: Any) -> str:
        """The address of these runs with changes, on the first page unless `page` is given."""
        other = attrs.evolve(self, **({"page": 1} | changes))
        values = {
            "newspaper": other.newspaper,
            "outcome": other.outcome,
            "job": other.job,
            "page": str(other.page) if other.page > 1 else "",
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return "/runs" + (f"?{query}" if query else "")
