"""`baotinh config`: show the settings in force, check them, print their schema.

What a command needs is imported where it runs, so that `baotinh --help` answers at once.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.cli.commands import CollectionOption
from archive.printable import json_text, say
from crawler.cli.output import ContactOption, known
from crawler.configuration.finding import VARIABLE, find

if TYPE_CHECKING:
    from crawler.configuration.reading import Configuration
    from crawler.crawl.newspaper import NewspaperSpider

config = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Show and check the settings.")


def go_by_file(context: typer.Context) -> None:
    """Have all commands, and the processes that they start, go by the file of settings, if there is one.

    Raises:
        FileMissing: the file that is named is not there.
        BadConfiguration: something in it is wrong.
    """
    if find() is None:
        return
    from archive.settings import go_by
    from crawler.configuration.precedence import of_variables, pass_on

    values = of_variables()
    pass_on()
    go_by(values)
    context.default_map = _defaults(context.command, values)


def _defaults(command: Any, values: dict[str, str]) -> dict[str, Any]:
    """What stands in place of the defaults of a command's options, and of those of the commands below it."""
    found: dict[str, Any] = {
        one.name: values[one.envvar]
        for one in command.params
        if isinstance(one.envvar, str) and one.envvar in values
    }  # fmt: skip
    for name, below in getattr(command, "commands", {}).items():
        found[name] = _defaults(below, values)
    return found


@config.command()
def show(
    context: typer.Context,
    newspaper: Annotated[str | None, typer.Option("--newspaper", help="What is in force for this newspaper.")] = None,
    job: Annotated[str | None, typer.Option("--job", help="What is in force for runs of this job.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a setting.")] = False,
    contact: ContactOption = "",
    collection: CollectionOption = Path("data"),
) -> None:
    """List every setting in force, with its value and where it comes from; passwords and tokens are not shown."""
    from crawler.configuration.showing import settings_in_force

    options = _options(context, contact=contact, collection=str(collection))
    pause = _spider(newspaper).delay if newspaper and "." not in newspaper else None
    jobs_of = _jobs_file(job) if job else None
    shown = list(settings_in_force(newspaper, job, declared_pause=pause, jobs_of=jobs_of, options=options))
    if as_json:
        for one in shown:
            say(json_text(one.values()))
        return
    names, values = (max(len(getattr(one, part)) for one in shown) for part in ("setting", "value"))
    for one in shown:
        say(f"{one.setting:{names}}  {one.value or '-':{min(values, 40)}}  {one.place}")


def _options(context: typer.Context, **said: str) -> dict[str, str]:
    """What options say, by the paths of the settings in whose place they stand."""
    found = {
        name: value
        for name, value in said.items()
        if (source := context.get_parameter_source(name)) and source.name == "COMMANDLINE"
    }
    if context.find_root().params.get("config"):
        found["config"] = ""
    elif VARIABLE in os.environ:
        found["named"] = ""
    return found


def _spider(name: str) -> type[NewspaperSpider]:
    from crawler.runs.run import newspaper

    return newspaper(name)


def _jobs_file(job: str) -> Configuration:
    """The file whose jobs there are.

    Raises:
        UnknownJob: it has none of that name.
    """
    from archive.errors import UnknownJob
    from crawler.configuration.reading import read_jobs
    from crawler.jobs.checking import usual_schedule
    from crawler.jobs.schedule_file import schedule_path

    found = read_jobs(schedule_path(usual_schedule()))
    if job not in found.content.get("jobs", {}):
        raise UnknownJob(job, sorted(found.content.get("jobs", {})))
    return found


@config.command()
def check() -> None:
    """Say all that is wrong in settings and schedule, with places and mends. Exit code 2 if there is anything."""
    from archive.errors import SettingsWrong
    from crawler.jobs.checking import all_faults

    path = find()
    if faults := all_faults(path, known):
        raise SettingsWrong(faults)
    print(f"{path} is valid." if path else "There is no baotinh.toml; what the environment says is valid.")


@config.command()
def schema() -> None:
    """Print the JSON Schema of baotinh.toml, by which editors complete and check it."""
    from crawler.configuration.schema import configuration_schema

    say(json_text(configuration_schema(), indent=2))
