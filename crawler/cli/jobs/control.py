"""`baotinh jobs pause`, `resume`, `stop`, `reload` and `drain`: commands to a running daemon."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.commands import CollectionOption
from crawler.cli.jobs.application import (
    JobArgument,
    counted,
    jobs,
)

if TYPE_CHECKING:
    pass


@jobs.command()
def pause(name: JobArgument, collection: CollectionOption = Path("data")) -> None:
    """Begin no more runs of a job, until `baotinh jobs resume`; one that goes on is left alone."""
    _pause(collection, name, is_paused=True)
    print(f"{name} is paused; 'baotinh jobs resume {name}' lets it run again.")


@jobs.command("resume")
def resume(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A job; without, all after a drain.")] = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Let a paused job run again; without a name, let the daemon begin runs again after `drain`."""
    from archive.collection import Collection
    from crawler.jobs.daemon.control import ask

    if name is None:
        ask(Collection.write(collection), "resume")
        print("The daemon begins runs again.")
        return
    _pause(collection, name, is_paused=False)
    print(f"{name} runs when it is due.")


def _pause(path: Path, name: str, *, is_paused: bool) -> None:
    """Through the daemon where there is one, which knows the jobs; else in the catalog, for the next one."""
    from archive.clock import now
    from archive.collection import Collection
    from crawler.jobs import planning
    from crawler.jobs.daemon.control import ask, has_daemon

    held = Collection.write(path)
    if not has_daemon(held):
        with held.catalog(writable=True) as catalog, catalog.transaction() as connection:
            if is_paused:
                planning.pause(connection, name, now())
            else:
                planning.resume(connection, name)
    if has_daemon(held):  # it may have begun meanwhile, and have planned before
        ask(held, "pause" if is_paused else "resume", job=name)


@jobs.command()
def stop(name: JobArgument, collection: CollectionOption = Path("data")) -> None:
    """End the runs of a job that go on, in order; what they did not request stays due."""
    from archive.collection import Collection
    from crawler.jobs.daemon.control import ask

    stopped = ask(Collection.write(collection), "stop", job=name)["newspapers"]
    print(f"Ending: {', '.join(stopped)}." if stopped else f"No run of {name} goes on.")


@jobs.command()
def reload(collection: CollectionOption = Path("data")) -> None:
    """Let the daemon read its schedule again, as SIGHUP does; one with a fault is refused, and the former stays."""
    from archive.collection import Collection
    from crawler.jobs.daemon.control import ask

    print(f"The daemon runs {counted(ask(Collection.write(collection), 'reload')['jobs'], 'job')}.")


@jobs.command()
def drain(collection: CollectionOption = Path("data")) -> None:
    """Let the daemon begin no more runs, and wait until those that go on have ended: before an update."""
    from archive.collection import Collection
    from crawler.jobs.daemon.control import ask

    ask(Collection.write(collection), "drain", waits=True)
    print("No run goes on. Stop the daemon now, or let it begin runs again: 'baotinh jobs resume'.")
