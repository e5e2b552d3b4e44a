"""Days that options name."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import typer


def end_of_day(day: str, instant: datetime) -> datetime:
    """The end, in Vietnam, of a day that `--until` names as 2027-12-31.

    Raises:
        BadDay: it is none.
        typer.BadParameter: it is over at `instant`.
    """
    from archive.errors import BadDay
    from archive.zones import VIETNAM

    try:
        named = date.fromisoformat(day)
    except ValueError:
        raise BadDay("--until", day) from None
    end = datetime(named.year, named.month, named.day, tzinfo=VIETNAM) + timedelta(days=1)
    if end <= instant:
        raise typer.BadParameter(f"--until {day} has passed; name a day to come")
    return end
