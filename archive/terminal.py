"""What the reading commands print on a terminal; looks nothing up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive.article import Article, CaptureRef
from archive.rows import Version
from archive.search.query import Results
from archive.verification import Verification

if TYPE_CHECKING:
    from archive.web.serve import Serving

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def print_results(results: Results) -> None:
    """The hits, found words in bold."""
    console = Console(highlight=False)
    if not results.total:
        console.print("No article found. Fewer words, or words without marks, find more.")
    else:
        shown = "" if len(results.hits) == results.total else f", the first {len(results.hits)} shown"
        console.print(f"{results.total:,} article{'s' if results.total > 1 else ''}{shown}\n")
    for hit in results.hits:
        about = " · ".join(part for part in (_local(hit.published_at), hit.section, ", ".join(hit.authors)) if part)
        console.print(_marked(hit.title_pieces, "bold cyan"))
        console.print(Text(f"  {hit.id}  {about}", style="dim"), soft_wrap=True)
        console.print(Text("  ") + _marked(hit.snippet, ""))
        console.print()
    if results.behind:
        console.print(f"{results.behind} articles are not indexed yet; search again when the crawl has ended.")


def print_article(article: Article, versions: Sequence[Version]) -> None:
    """The article, then where it comes from."""
    console = Console(highlight=False)
    for text, style in ((article.kicker, "dim"), (article.title, "bold")):
        if text:
            console.print(Text(text, style=style))
    console.print(Text(f"{_local(article.published_at)} · {article.newspaper} · {article.section or '-'}", style="dim"))
    console.print()
    if article.lead and (not article.body or article.body[0].text != article.lead):
        console.print(Text(article.lead, style="bold"), end="\n\n")
    pictures = {image.position: image for image in article.images}
    for number, block in enumerate(article.body):
        image = pictures.get(number)
        if block.type == "figure":
            credit = f" (Ảnh: {image.credit})" if image and image.credit else ""
            console.print(Text(f"[{block.text}{credit}]", style="italic"), end="\n\n")
        else:
            console.print(Text(block.text, style="bold" if block.type == "heading" else ""), end="\n\n")
    if article.byline:
        console.print(Text(article.byline, style="bold", justify="right"), end="\n\n")
    console.print(_provenance(article, versions))


def _provenance(article: Article, versions: Sequence[Version]) -> Table:
    table = Table(title="Provenance", title_justify="left", show_header=False, show_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    rows = [
        ("id", article.id),
        ("address", article.url),
        ("authors", ", ".join(article.authors) or article.missing.get("authors", "none")),
        ("source", article.source),
        ("tags", ", ".join(article.tags)),
        ("captured", article.captured_at.isoformat()),
        ("record", _place(article.capture)),
        ("payload digest", article.capture.payload_digest if article.capture else None),
        ("content hash", article.content_hash),
    ]
    rows += [(f"picture {number}", _picture(image)) for number, image in enumerate(article.images, 1)]
    rows += [(f"missing {field}", reason) for field, reason in article.missing.items()]
    rows += [
        (f"version {number}", f"captured {version.captured_at.isoformat()}, {version.content_hash[:23]}…")
        for number, version in enumerate(versions, 1)
    ]
    for name, value in rows:
        if value:
            table.add_row(name, Text(value))
    return table


def _picture(image: Any) -> str:
    where = _place(image.capture) if image.capture else f"not captured: {image.capture_missing}"
    return f"{image.url}\n{where}"


def _place(capture: CaptureRef | None) -> str | None:
    if capture is None:
        return None
    return f"{capture.file} at byte {capture.offset}, {capture.length} bytes, {capture.record_id}"


def print_verification(said: Verification) -> None:
    """The findings, then what was looked at."""
    console = Console(highlight=False)
    for finding in said.findings:
        where = finding.file if finding.offset is None else f"{finding.file} at byte {finding.offset}"
        style = "yellow" if finding.severity == "warning" else "red"
        console.print(
            Text(f"{finding.severity}", style=style),
            Text(f"{where}: {finding.message} ({finding.rule})"),
            soft_wrap=True,
        )
    looked = ", ".join(
        _counted(count, name)
        for count, name in (
            (said.files, "file"),
            (said.records, "record"),
            (said.captures, "capture"),
            (said.versions, "version of articles"),
        )
    )
    console.print(f"{_counted(len(said.findings), 'finding') if said.findings else 'Sound'}: {looked}")


def _counted(count: int, name: str) -> str:
    noun, _, rest = name.partition(" ")
    return f"{count:,} {noun}{'' if count == 1 else 's'} {rest}".rstrip()


def print_serving(serving: Serving) -> None:
    """Where the site is."""
    console = Console(highlight=False)
    console.print(f"\nSearch and read at [bold]{serving.site}[/bold]")
    console.print(f"Captured pages are replayed at {serving.replay}. Ctrl-C ends both.")


def _marked(pieces: Sequence[Any], style: str) -> Text:
    text = Text(style=style)
    for piece in pieces:
        text.append(piece.text, style="bold reverse" if piece.is_hit else "")
    return text


def _local(instant: datetime) -> str:
    return instant.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
