"""Days that options name."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import typer


def midnight_named(option: str, day: str | None, days: int = 0) -> datetime | None:
    """The instant at which a day that an option names as 2026-01-31, or the one so many days later, begins in Vietnam;
    None where the option is not given.

    Raises:
        typer.BadParameter: it names none.
    """
    from archive.zones import VIETNAM

    if not day:
        return None
    try:
        return datetime.combine(date.fromisoformat(day), time(), VIETNAM) + timedelta(days=days)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{option}: {day!r} is no day such as 2026-01-31") from error


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
