"""The console of all commands, and the output of the commands that read a collection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import attrs
import rich.console
from rich.console import ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from archive.article import values_of
from archive.printable import UNBROKEN, json_text, printable, say
from archive.reasons import reason_words
from archive.zones import VIETNAM

if TYPE_CHECKING:
    from archive.article import Article, CaptureRef, LaterReading
    from archive.catalog.lifecycle import StatusChange
    from archive.catalog.other_addresses import ArticleAddress
    from archive.catalog.readings import NumberedReading
    from archive.catalog.versions import Version
    from archive.export.citations.capture import CaptureReference
    from archive.merge import Merged
    from archive.rebuild.account import LeftOut, Rebuilt
    from archive.warc.repair.copies import Repaired
    from archive.web.serve import Serving


# Fields that say nothing of the text
_OF_READINGS = frozenset(
    {"reading", "content_hash", "schema_version", "capture", "captured_at", "layout", "confidence", "doubts", "missing"}
)


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


def print_article(
    article: Article,
    versions: Sequence[Version],
    changes: Sequence[StatusChange] = (),
    addresses: Sequence[ArticleAddress] = (),
) -> None:
    """Print the article, its provenance, its addresses, and the status history of its page."""
    console = Console()
    for text, style in ((article.kicker, "dim"), (article.title, "bold")):
        if text:
            console.print(Text(text, style=style))
    console.print(Text(f"{local(article.published_at)} · {article.newspaper} · {article.section or '-'}", style="dim"))
    say("")
    if article.lead and (not article.body or article.body[0].text != article.lead):
        console.print(Text(article.lead, style="bold"), end="\n\n")
    pictures = {image.position: image for image in article.images}
    for number, block in enumerate(article.body):
        image = pictures.get(number)
        if block.type == "figure":
            credit = f" (Ảnh: {image.credit})" if image and image.credit else ""
            printed = (image.printed if image else None) or f"{block.text}{credit}"
            console.print(Text(f"[{printed}]", style="italic"), end="\n\n")
        else:
            console.print(Text(block.text, style="bold" if block.type == "heading" else ""), end="\n\n")
    if article.byline:
        side: Literal["left", "right"] = "right" if console.width < UNBROKEN else "left"
        console.print(Text(article.byline, style="bold", justify=side), end="\n\n")
    console.print(_provenance(article, versions, changes, addresses))


def print_capture(capture: CaptureReference, as_json: bool) -> None:
    """Print what finds, checks and cites a capture; a BibTeX entry as the last of it."""
    values = attrs.asdict(capture) | {"captured_at": capture.captured_at.isoformat(), "bibtex": capture.bibtex()}
    if as_json:
        say(json_text(values))
        return
    table = Table(show_header=False, show_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in values.items():
        if value and name != "bibtex":
            shown = ", ".join(value) if isinstance(value, tuple) else str(value)
            table.add_row(name.replace("_", " "), Text(shown))
    Console().print(table)
    say("\n" + capture.bibtex().rstrip("\n"))


def print_readings(found: Sequence[tuple[Version, Sequence[NumberedReading]]]) -> None:
    """Print what read each version, when, by which rules, and which fields it read otherwise than the one before."""
    console = Console()
    for number, (version, readings) in enumerate(found, 1):
        console.print(Text(f"version {number}", style="bold"), Text(f"captured {version.captured_at.isoformat()}"))
        console.print(Text(f"  {version.content_hash}", style="dim"), soft_wrap=True)
        before: dict[str, Any] = {}
        for one in readings:
            values = values_of(one.raw) if one.raw else {}
            differing = [name for name in values if name not in _OF_READINGS and values[name] != before.get(name)]
            rules = f", rules {one.rules[:19]}…" if one.rules else ""
            cause = f", cause: {one.cause}" if one.cause else ""
            console.print(
                f"  reading {one.number}: {one.extractor}, {one.read_at.isoformat()}{cause}{rules}", soft_wrap=True
            )
            if one.record_id:
                console.print(f"    of another capture: {one.record_id}", soft_wrap=True)
            if before:
                console.print(f"    read otherwise: {', '.join(differing) or '-'}", soft_wrap=True)
            before = values


def _provenance(
    article: Article,
    versions: Sequence[Version],
    changes: Sequence[StatusChange],
    addresses: Sequence[ArticleAddress],
) -> Table:
    table = Table(title="Provenance", title_justify="left", show_header=False, show_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    rows = [
        ("id", article.id),
        ("address", article.url),
        ("authors", ", ".join(article.authors) or reason_words(article.missing.get("authors", "none"))),
        ("source", article.source),
        ("tags", ", ".join(article.tags)),
        ("captured", article.captured_at.isoformat()),
        ("record", _place(article.capture)),
        ("payload digest", article.capture.payload_digest if article.capture else None),
        ("content hash", article.content_hash),
        ("read again", _reading(article.reading) if article.reading else None),
    ]
    rows += [("other address", _address(one)) for one in addresses if one.url != article.url]
    rows += [(f"picture {number}", _picture(image)) for number, image in enumerate(article.images, 1)]
    rows += [(f"missing {field}", reason_words(reason)) for field, reason in article.missing.items()]
    rows += [
        (f"version {number}", f"captured {version.captured_at.isoformat()}, {version.content_hash[:23]}…")
        for number, version in enumerate(versions, 1)
    ]
    rows += [(f"page {one.status.value}", _status(one)) for one in changes]
    for name, value in rows:
        if value:
            table.add_row(name, Text(value))
    return table


def _reading(one: LaterReading) -> str:
    return f"{one.read_at.isoformat()}, {one.extractor}; the former readings: --readings"


def _address(one: ArticleAddress) -> str:
    if one.moved_to:
        return f"{one.url}, leads to {one.moved_to}"
    if one.gone_at:
        return f"{one.url}, gone since {one.gone_at.isoformat()}"
    return f"{one.url}, fetched {one.fetched_at.isoformat()}" if one.fetched_at else f"{one.url}, named by lists alone"


def _status(one: StatusChange) -> str:
    status = f", HTTP {one.http_status}" if one.http_status else ""
    leads = f"\nnow at {one.leads_to}" if one.leads_to else ""
    record = f"\n{one.record_id}" if one.record_id else ""
    return f"{one.at.isoformat()}{status}, {one.url}{leads}{record}"


def _picture(image: Any) -> str:
    where = _place(image.capture) if image.capture else f"not captured: {reason_words(image.capture_missing or '')}"
    return f"{image.url}\n{where}"


def _place(capture: CaptureRef | None) -> str | None:
    if capture is None:
        return None
    return f"{capture.file} at byte {capture.offset}, {capture.length} bytes, {capture.record_id}"


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


def local(instant: datetime) -> str:
    return instant.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
