"""The `baotinh pictures` commands: where a picture was printed, and the comparison of all pictures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from archive.cli.search_options import CollectionOption

if TYPE_CHECKING:
    from archive.catalog import Catalog
    from archive.pictures.following import Followed


class _SubjectOrCommand(TyperGroup):
    """A group whose own argument is a picture, unless it is the name of a command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As in click, but an argument is the group's own, and options may stand behind it."""
        if args and args[0] in self.commands:
            super().parse_args(ctx, [])
            ctx._protected_args, ctx.args = args[:1], args[1:]
        else:
            ctx.allow_interspersed_args = True
            super().parse_args(ctx, args)
        return list(ctx.args)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The options, and what stands behind them."""
        return [self.options_metavar or "", "ID|URL|DIGEST | " + " | ".join(self.commands)]


pictures = typer.Typer(
    cls=_SubjectOrCommand, help="Show where a picture was printed; compare the pictures of a collection."
)
ProcessesOption = Annotated[
    int | None, typer.Option(min=1, max=256, help="How many processes decode; by default one for each usable core.")
]


@pictures.callback(invoke_without_command=True)
def picture(
    context: typer.Context,
    subject: Annotated[
        str | None,
        typer.Argument(
            metavar="ID|URL|DIGEST",
            help="A picture's id, its address, its payload digest; or an article's id, to list its pictures.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """Show every printing of a picture: papers, captions, sizes and crops."""
    if context.invoked_subcommand is not None:
        return
    if not subject:
        print(context.get_help())
        raise typer.Exit(2)
    from archive.cli.picture_output import print_history, print_pictures
    from archive.collection import Collection
    from archive.pictures.history import find_picture, history_of

    with Collection.open(collection).for_readers.catalog() as catalog:
        if _is_article(catalog, subject):
            print_pictures(catalog, catalog.article(subject), as_json=as_json)
        else:
            print_history(history_of(catalog, find_picture(catalog, subject)), as_json=as_json)


@pictures.command()
def update(processes: ProcessesOption = None, collection: CollectionOption = Path("data")) -> None:
    """Hash and compare the pictures that were captured since the last time, as each crawl does."""
    _follow(collection, processes, is_anew=False)


@pictures.command()
def rebuild(processes: ProcessesOption = None, collection: CollectionOption = Path("data")) -> None:
    """Hash and compare all pictures anew."""
    _follow(collection, processes, is_anew=True)


def _is_article(catalog: Catalog, subject: str) -> bool:
    row = catalog.connection.execute("SELECT 1 FROM main.articles WHERE id = ?", (subject,)).fetchone()
    return row is not None


def _follow(root: Path, processes: int | None, *, is_anew: bool) -> None:
    from archive.cli.picture_output import followed_words
    from archive.collection import Collection
    from archive.pictures.following import follow

    is_watched = sys.stderr.isatty()

    def show(followed: Followed) -> None:
        if is_watched:
            print(f"\r{followed.hashed:,} pictures", end="", file=sys.stderr, flush=True)

    done = follow(Collection.write(root), rebuild=is_anew, processes=processes, on_progress=show)
    if is_watched:
        print(file=sys.stderr)
    print(followed_words(done))
