"""`baotinh jobs systemd` and `baotinh jobs cron`: the schedule for the system's own scheduler."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.commands import CollectionOption

if TYPE_CHECKING:
    from crawler.jobs.schedule import Schedule
    from crawler.jobs.units import Place

ScheduleOption = Annotated[
    Path, typer.Option("--schedule", envvar="BAOTINH_SCHEDULE", help="The schedule.", show_default=True)
]
DaemonOption = Annotated[
    bool, typer.Option("--daemon", help="Print the service of 'baotinh jobs start' instead of a timer for each job.")
]
SiteOption = Annotated[bool, typer.Option("--site", help="Print the service of 'baotinh serve'.")]
UserOption = Annotated[
    str | None,
    typer.Option("--user", metavar="NAME", help="Who the services run as; by default the owner of the collection."),
]


def mount_units(jobs: typer.Typer, read: Callable[[Path], Schedule]) -> None:
    """Add the two commands to `baotinh jobs`, which reads schedules by `read`."""

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

        place = _place(schedule, collection, user)
        printed = [units.daemon_unit(read(schedule), place)] if daemon else []
        printed += [units.site_unit(place)] if site else []
        print("\n".join(printed or [units.systemd(read(schedule), place)]), end="")

    @jobs.command()
    def cron(schedule: ScheduleOption = Path("schedule.toml"), collection: CollectionOption = Path("data")) -> None:
        """Print lines of crontab that run the jobs."""
        from crawler.jobs.crontab import crontab

        print(crontab(read(schedule), _place(schedule, collection, None)), end="")


def _place(schedule: Path, collection: Path, user: str | None) -> Place:
    from archive.storage.located import storage_of
    from crawler.jobs.units import Place, usual_user

    moved = tuple(Path(place.url) for place in storage_of(collection).places if "://" not in place.url)
    return Place(schedule=schedule, collection=collection, user=user or usual_user(collection), also_written=moved)
