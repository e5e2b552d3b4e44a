"""`baotinh jobs systemd` and `baotinh jobs cron`: the schedule for the system's own scheduler."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.commands import CollectionOption
from crawler.cli.jobs.application import ScheduleOption, jobs, read_planned

if TYPE_CHECKING:
    from crawler.jobs.units import Place


DaemonOption = Annotated[
    bool, typer.Option("--daemon", help="Print the service of 'baotinh jobs start' instead of a timer for each job.")
]
SiteOption = Annotated[bool, typer.Option("--site", help="Print the service of 'baotinh serve'.")]
UserOption = Annotated[
    str | None,
    typer.Option("--user", metavar="NAME", help="Who the services run as; by default the owner of the collection."),
]


@jobs.command()
def systemd(
    daemon: DaemonOption = False,
    site: SiteOption = False,
    user: UserOption = None,
    schedule: ScheduleOption = Path("schedule.toml"),
    collection: CollectionOption = Path("data"),
) -> None:
    """Print units of systemd that run the jobs."""
    from crawler.jobs import units

    planned = read_planned(schedule)
    place = _place(collection, user)
    printed = [units.daemon_unit(planned, place)] if daemon else []
    printed += [units.site_unit(place)] if site else []
    print("\n".join(printed or [units.systemd(planned, place)]), end="")


@jobs.command()
def cron(schedule: ScheduleOption = Path("schedule.toml"), collection: CollectionOption = Path("data")) -> None:
    """Print lines of crontab that run the jobs."""
    from crawler.jobs.crontab import crontab

    planned = read_planned(schedule)
    print(crontab(planned, _place(collection, None)), end="")


def _place(collection: Path, user: str | None) -> Place:
    """Where the services run, for the schedule that was read last."""
    from archive.storage.located import storage_of
    from crawler.jobs.units import Place, usual_user

    moved = tuple(Path(place.url) for place in storage_of(collection).places if "://" not in place.url)
    schedule = Path(os.environ["BAOTINH_SCHEDULE"])
    return Place(schedule=schedule, collection=collection, user=user or usual_user(collection), also_written=moved)
