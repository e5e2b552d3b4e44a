"""The output of `baotinh show`: an article with its provenance, its capture, its readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from rich.table import Table
from rich.text import Text

from archive.article import values_of
from archive.cli.local_times import zoned
from archive.cli.terminal import Console
from archive.printable import UNBROKEN, json_text, say
from archive.reasons import reason_words

if TYPE_CHECKING:
    from archive.article import Article, CaptureRef, LaterReading
    from archive.catalog.lifecycle import StatusChange
    from archive.catalog.other_addresses import ArticleAddress
    from archive.catalog.readings import NumberedReading
    from archive.catalog.versions import Version
    from archive.export.citations.capture import CaptureReference

# Fields that say nothing of the text
_OF_READINGS = frozenset(
    {"reading", "content_hash", "schema_version", "capture", "captured_at", "layout", "confidence", "doubts", "missing"}
)


def print_article(
    article: Article,
    versions: Sequence[Version],
    changes: Sequence[StatusChange] = (),
    addresses: Sequence[ArticleAddress] = (),
    edits: Mapping[int, str] | None = None,
) -> None:
    """Print the article, its provenance, its addresses, its versions, and the status history of its page.

    Args:
        edits: what changed to a version, in words, by its `seq`.
    """
    console = Console()
    for text, style in ((article.kicker, "dim"), (article.title, "bold")):
        if text:
            console.print(Text(text, style=style))
    console.print(Text(f"{zoned(article.published_at)} · {article.newspaper} · {article.section or '-'}", style="dim"))
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
    console.print(_provenance(article, versions, changes, addresses, edits or {}))


def print_capture(capture: CaptureReference, as_json: bool) -> None:
    """Print what finds, checks and cites a capture; a BibTeX entry as the last of it."""
    values = capture.values()
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
    edits: Mapping[int, str],
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
        (f"version {number}", _version(version, edits.get(version.seq, "")))
        for number, version in enumerate(versions, 1)
    ]
    rows += [(f"page {one.status.value}", _status(one)) for one in changes]
    for name, value in rows:
        if value:
            table.add_row(name, Text(value))
    return table


def _version(one: Version, edit: str) -> str:
    return f"captured {one.captured_at.isoformat()}, {one.content_hash[:23]}…" + (f"\n{edit}" if edit else "")


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
