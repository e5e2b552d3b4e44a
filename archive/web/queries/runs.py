"""The query in the address of a list of runs, and addresses with changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

import attrs

from archive.language.catalogue import N_
from archive.web.queries.parameters import LONGEST_VALUE, parse_choice, parse_page

OUTCOMES = {
    "finished": N_("Finished"),
    "stopped": N_("Stopped"),
    "failed": N_("Failed"),
    "interrupted": N_("Interrupted"),
    "running": N_("Running"),
}
RUNS_PATH = "/runs"
RUNS_PER_PAGE = 30
_LAST_PAGE_OF_RUNS = 100_000


@attrs.frozen(kw_only=True)
class RunsQuery:
    """The query of a list of runs, from its address. `wrong` has messages about parameters that are not valid."""

    FILTERS: ClassVar[tuple[str, ...]] = ("newspaper", "outcome", "job")

    newspaper: str = ""
    outcome: str = ""
    job: str = ""
    page: int = 1
    wrong: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, str]) -> RunsQuery:
        """The runs that these query parameters ask for."""
        wrong: list[str] = []
        newspaper, job = (values.get(name, "").strip()[: LONGEST_VALUE + 1] for name in ("newspaper", "job"))
        page = parse_page(values, _LAST_PAGE_OF_RUNS, wrong)
        outcome = parse_choice(values, "outcome", OUTCOMES, "", wrong)
        return cls(
            newspaper=newspaper,
            outcome=outcome,
            job=job,
            page=page,
            wrong=tuple(wrong),
        )

    def arguments(self) -> dict[str, str | None]:
        """Keyword arguments for the catalog's `count_runs`."""
        return {"newspaper": self.newspaper or None, "outcome": self.outcome or None, "job": self.job or None}

    def address(self, path: str = RUNS_PATH, **changes: Any) -> str:
        """The address of these runs with changes, on the first page unless `page` is given."""
        other = attrs.evolve(self, **({"page": 1} | changes))
        values = {
            "newspaper": other.newspaper,
            "outcome": other.outcome,
            "job": other.job,
            "page": str(other.page) if other.page > 1 else "",
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return path + (f"?{query}" if query else "")
