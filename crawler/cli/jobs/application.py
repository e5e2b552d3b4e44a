"""The application of `baotinh jobs`, the options of its commands, and the schedule that they read.

What a command needs is imported where it runs, so that `baotinh --help` answers at once.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.output import known
from crawler.cli.system.completion import job_names, newspaper_names

if TYPE_CHECKING:
    from crawler.jobs.schedule import Schedule

jobs = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Crawl on a schedule, and see the results.")
JobArgument = Annotated[str, typer.Argument(metavar="NAME", help="A job of the schedule.", autocompletion=job_names)]
JobOption = Annotated[str | None, typer.Option("--job", help="Only runs of this job.", autocompletion=job_names)]
NewspaperOption = Annotated[
    str | None, typer.Option("--newspaper", help="Only runs of this newspaper.", autocompletion=newspaper_names)
]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]


def _named(context: typer.Context, option: typer.CallbackParam, value: Path) -> Path:
    """A file that somebody named is absolute; see `schedule_path`."""
    source = context.get_parameter_source(option.name or "")
    return value if source is not None and source.name == "DEFAULT" else value.absolute()


ScheduleOption = Annotated[
    Path,
    typer.Option(
        "--schedule",
        envvar="BAOTINH_SCHEDULE",
        callback=_named,
        help="The schedule; by default schedule.toml, else the jobs in baotinh.toml.",
        show_default=False,
    ),
]


def crawlable(path: Path) -> Schedule:
    """The schedule, of which every crawl could begin with the settings as they are."""
    from crawler.jobs.checking import refuse_uncrawlable

    planned = read_planned(path)
    refuse_uncrawlable(planned, Path(os.environ["BAOTINH_SCHEDULE"]))
    return planned


def read_planned(path: Path) -> Schedule:
    from crawler.configuration.precedence import reread
    from crawler.jobs.checking import sections_of
    from crawler.jobs.schedule_file import read_schedule, schedule_path

    reread()
    path = schedule_path(path)
    os.environ["BAOTINH_SCHEDULE"] = str(path.absolute())  # runs read there what their job says of crawls
    return read_schedule(path, sections_of(known()))


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
