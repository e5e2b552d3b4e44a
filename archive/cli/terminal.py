"""The console of all commands, and the output of the commands that read a collection."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich.console
from rich.console import ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from archive.printable import UNBROKEN, printable

if TYPE_CHECKING:
    from archive.merge import Merged
    from archive.rebuild.account import LeftOut, Rebuilt
    from archive.warc.repair.copies import Repaired
    from archive.web.serve import Serving


class Console(rich.console.Console):
    """A console without markup that replaces control characters in the text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"markup": False, "highlight": False, "emoji": False, **options})
        if not self.file.isatty() and "width" not in options:
            self.width = UNBROKEN

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render as rich does, with control characters replaced; rich's own control segments are kept."""
        for segment in super().render(renderable, options):
            if segment.control is None and (text := printable(segment.text)) != segment.text:
                segment = Segment(text, segment.style)
            yield segment


_SHOWN_RECORDS = 20


def print_repaired(path: Path, done: Repaired) -> None:
    """Print what was left out and what was kept in spite of damage, then the path of the copy, and what is lost."""
    from archive.cli.fault_words import fault_words, keep_reason_words

    console = Console()
    where = "of what it inflates to, " if done.is_inflated else ""
    for part in done.left_out:
        why = "; ".join(map(fault_words, part.faults)) or "no record"
        text = f"{where}byte {part.offset}, {plural(part.length, 'byte')}: {why}"
        console.print(Text("left out", style="red"), Text(text), soft_wrap=True)
    for word, style, records in (("mended", "yellow", done.mended), ("doubted", "yellow", done.doubted)):
        for record in records[:_SHOWN_RECORDS]:
            text = f"{where}byte {record.offset}: {fault_words(record.fault)}; the record is kept: "
            text += keep_reason_words(record.reason)
            console.print(Text(word, style=style), Text(text), soft_wrap=True)
        if len(records) > _SHOWN_RECORDS:
            console.print(Text(word, style=style), f"{len(records) - _SHOWN_RECORDS:,} more")
    if done.path is None:
        found = "nothing that a copy would mend" if done.doubted else "no damage"
        console.print(
            f"{path} holds {plural(done.records, 'record')} and {found}: no copy was written.", soft_wrap=True
        )
        return
    left = plural(sum(part.length for part in done.left_out), "byte") if done.left_out else "nothing"
    console.print(
        f"Repaired: {plural(done.records, 'record')} in {done.path}; {left} left out; {_lost(done)}.", soft_wrap=True
    )


def _lost(done: Repaired) -> str:
    """How many records are lost, how many of them are captures, and at how many places no record can be identified."""
    records = [lost for lost in done.lost if lost.type is not None]
    captures = sum(lost.is_capture for lost in records)
    unread = len(done.lost) - len(records)
    result = []
    if records:
        result.append(f"{plural(len(records), 'record')} lost, {plural(captures, 'capture')} among them")
    if unread:
        result.append(f"{plural(unread, 'place')} where no record can be identified")
    return ", ".join(result) or "no record lost"


def print_merged(result: Merged, collection: Path) -> None:
    """Print what was copied, and what was made of it."""
    held = f", {result.kept:,} of them there already" if result.kept else ""
    copied = plural(result.bytes_copied, "byte") if result.bytes_copied else "nothing"
    files = plural(result.copied + result.kept, "file")
    Console().print(f"Merged into {collection}: {files}{held}; {copied} copied.", soft_wrap=True)
    print_rebuilt(result.rebuilt)


def print_rebuilt(result: Rebuilt) -> None:
    """Print what was left out, where former files were kept, and the contents of the new catalog."""
    from archive.cli.fault_words import fault_words

    console = Console()
    for left in result.left_out:
        text = Text(f"{left.file}, {_place_of(left)}: {fault_words(left.fault)}")
        console.print(Text("left out", style="red"), text, soft_wrap=True)
    for path in result.kept:
        console.print(Text("kept", style="dim"), Text(str(path)), soft_wrap=True)
    if result.repeated:
        console.print(f"{plural(result.repeated, 'capture')} stood in two files, and were entered once.")
    if result.duplicates:
        console.print(f"{plural(result.duplicates, 'version of articles')} had the content of another collection's.")
    if result.moved:
        console.print(f"{plural(result.moved, 'version of articles')} named another place than the record's.")
    held = ", ".join(
        plural(count, name)
        for count, name in (
            (result.files, "file"),
            (result.captures, "capture"),
            (result.articles, "article"),
            (result.versions, "version of articles"),
            (result.runs, "run"),
        )
    )
    held += f", {result.addresses:,} address{'' if result.addresses == 1 else 'es'} of the frontier"
    left_out = f"; {plural(len(result.left_out), 'place')} left out" if result.left_out else ""
    console.print(f"Rebuilt: {held}{left_out}.", soft_wrap=True)


def _place_of(left: LeftOut) -> str:
    if left.line is not None:
        return f"line {left.line}"
    return "the rest of it" if left.offset is None else f"byte {left.offset}"


def plural(count: int, name: str) -> str:
    noun, _, rest = name.partition(" ")
    return f"{count:,} {noun}{'' if count == 1 else 's'} {rest}".rstrip()


def print_serving(serving: Serving, *, is_replayed: bool = True, needs_https: bool = False) -> None:
    """Print the address of the site, and what is missing to replay pages."""
    console = Console()
    console.print(Text.assemble("\nSearch and read at ", (serving.site, "bold")))
    if not is_replayed:
        console.print("Captured pages cannot be replayed until the viewer is installed: baotinh viewer install")
    if needs_https:
        console.print(
            "Browsers on other machines replay no captured page over http: give --tls-cert and --tls-key, or put a "
            "proxy with https before both ports and name its two addresses with --site-origin and --replay-url"
        )
    console.print(f"Captured pages are replayed at {serving.replay}. Ctrl-C ends both.")
