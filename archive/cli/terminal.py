"""What the reading commands print on a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from archive.cli.console import Console
from archive.reasons import reason_words

if TYPE_CHECKING:
    from archive.article import Article, CaptureRef
    from archive.backup import BackedUp
    from archive.catalog.lifecycle import StatusChange
    from archive.catalog.versions import Version
    from archive.checking.files import Verification
    from archive.rebuild.account import Rebuilt
    from archive.search.query import Results
    from archive.warc.check.findings import Finding
    from archive.warc.repair.copies import Repaired
    from archive.web.serve import Serving

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_SHOWN_RECORDS = 20


def print_results(results: Results) -> None:
    """The hits, found words in bold."""
    console = Console()
    if not results.total:
        console.print("No article found. Fewer words, or words without marks, find more.")
    else:
        shown = "" if len(results.hits) == results.total else f"; the first {len(results.hits)} shown"
        console.print(f"{_found(results)}{shown}\n", soft_wrap=True)
    is_divided = not results.exact
    for hit in results.hits:
        if not hit.exact and not is_divided:
            is_divided = True
            console.print("Without marks:\n", style="dim")
        about = " · ".join(part for part in (_local(hit.published_at), hit.section, ", ".join(hit.authors)) if part)
        console.print(_marked(hit.title_pieces, "bold cyan"))
        console.print(Text(f"  {hit.id}  {about}", style="dim"), soft_wrap=True)
        console.print(Text("  ") + _marked(hit.snippet, ""))
        console.print()
    if results.behind:
        console.print(f"{results.behind} articles are not indexed yet; search again when the crawl has ended.")


def _found(results: Results) -> str:
    """How many articles match as typed, and how many more once the marks are taken off."""
    if not results.loose:
        return _counted(results.exact, "article")
    if not results.exact:
        return f"No article as typed, {results.loose:,} without marks"
    return f"{_counted(results.exact, 'article')} as typed, {results.loose:,} more without marks"


def print_article(article: Article, versions: Sequence[Version], changes: Sequence[StatusChange] = ()) -> None:
    """The article, then where it comes from and what became of its page."""
    console = Console()
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
    console.print(_provenance(article, versions, changes))


def _provenance(article: Article, versions: Sequence[Version], changes: Sequence[StatusChange]) -> Table:
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


def _status(one: StatusChange) -> str:
    status = f", HTTP {one.http_status}" if one.http_status else ""
    leads = f"\nnow at {one.leads_to}" if one.leads_to else ""
    record = f"\n{one.record_id}" if one.record_id else ""
    return f"{one.at.isoformat()}{status}, {one.url}{leads}{record}"


def _picture(image: Any) -> str:
    where = _place(image.capture) if image.capture else f"not captured: {image.capture_missing}"
    return f"{image.url}\n{where}"


def _place(capture: CaptureRef | None) -> str | None:
    if capture is None:
        return None
    return f"{capture.file} at byte {capture.offset}, {capture.length} bytes, {capture.record_id}"


_SHOWN_ALIKE = 3


def print_verification(parts: Sequence[Verification]) -> None:
    """The findings of each file, those that say the same together, then what was looked at."""
    console = Console()
    findings = [finding for part in parts for finding in part.findings]
    for file, of_file in _grouped(findings, lambda finding: finding.file).items():
        console.print(Text(file, style="bold"), soft_wrap=True)
        for alike in _grouped(of_file, lambda finding: (finding.severity, finding.rule, _sense(finding))).values():
            for finding in alike[:_SHOWN_ALIKE]:
                _print_finding(console, finding)
            if len(alike) > _SHOWN_ALIKE:
                rest = alike[_SHOWN_ALIKE:]
                text = f"           and {len(rest):,} more of this kind, the last at byte {rest[-1].offset}"
                console.print(Text(text, style="dim"), soft_wrap=True)
    looked = ", ".join(
        _counted(count, name)
        for count, name in (
            (sum(part.files for part in parts), "file"),
            (sum(part.records for part in parts), "record"),
            (sum(part.captures for part in parts), "capture"),
            (sum(part.versions for part in parts), "version of articles"),
        )
        if count or name in ("file", "record")
    )
    kinds = [("damage", "red"), ("breach", "red"), ("warning", "yellow")]
    counts = [(kind, style, sum(finding.severity == kind for finding in findings)) for kind, style in kinds]
    if not findings:
        console.print(Text("Sound", style="green"), Text(f": {looked}"), sep="", soft_wrap=True)
        return
    verdict = "Not sound" if any(count for kind, _, count in counts if kind != "warning") else "Sound, with warnings"
    plurals = {"damage": "damage", "breach": "breaches", "warning": "warnings"}
    said = Text(", ").join(
        Text(f"{count:,} {kind if count == 1 else plurals[kind]}", style=style)
        for kind, style, count in counts
        if count
    )
    console.print(Text(f"{verdict}: "), said, Text(f" in {looked}"), sep="", soft_wrap=True)


def _print_finding(console: Console, finding: Finding) -> None:
    style = "yellow" if finding.severity == "warning" else "red"
    place = "" if finding.offset is None else f"byte {finding.offset}: "
    line = Text(f"  {finding.severity:<8} ", style=style)
    line.append(f"{place}{finding.message} ", style="default")
    line.append(f"({finding.rule})", style="dim")
    console.print(line, soft_wrap=True)
    if finding.record_id:
        console.print(Text(f"           {finding.record_id}", style="dim"), soft_wrap=True)


def _grouped(findings: Sequence[Finding], key: Callable[[Finding], Any]) -> dict[Any, list[Finding]]:
    groups: dict[Any, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(key(finding), []).append(finding)
    return groups


def _sense(finding: Finding) -> str:
    """A message without the values in it."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\S*[\d:/]\S*", "", finding.message)


def print_repaired(path: Path, done: Repaired) -> None:
    """What was left out and what was kept in spite of something, then where the copy is, and what is lost."""
    console = Console()
    where = "of what it inflates to, " if done.is_inflated else ""
    for part in done.left_out:
        text = f"{where}byte {part.offset}, {_counted(part.length, 'byte')}: {part.reason}"
        console.print(Text("left out", style="red"), Text(text), soft_wrap=True)
    for word, style, records in (("mended", "yellow", done.mended), ("doubted", "yellow", done.doubted)):
        for record in records[:_SHOWN_RECORDS]:
            text = f"{where}byte {record.offset}: {record.damage}; the record is kept: {record.reason}"
            console.print(Text(word, style=style), Text(text), soft_wrap=True)
        if len(records) > _SHOWN_RECORDS:
            console.print(Text(word, style=style), f"{len(records) - _SHOWN_RECORDS:,} more")
    if done.path is None:
        found = "nothing that a copy would mend" if done.doubted else "no damage"
        console.print(
            f"{path} holds {_counted(done.records, 'sound record')} and {found}: no copy was written.", soft_wrap=True
        )
        return
    left = _counted(sum(part.length for part in done.left_out), "byte") if done.left_out else "nothing"
    console.print(
        f"Repaired: {_counted(done.records, 'record')} in {done.path}; {left} left out; {_lost(done)}.", soft_wrap=True
    )


def _lost(done: Repaired) -> str:
    """How many records are lost, how many of them are captures, and what may have been more."""
    records = [lost for lost in done.lost if lost.type is not None]
    captures = sum(lost.is_capture for lost in records)
    unread = len(done.lost) - len(records)
    said = []
    if records:
        said.append(f"{_counted(len(records), 'record')} lost, {_counted(captures, 'capture')} among them")
    if unread:
        said.append(f"{_counted(unread, 'place')} without a record that can be told")
    return ", ".join(said) or "no record lost"


def print_backed_up(said: BackedUp, directory: Path) -> None:
    """What could not be copied as it should be, then what was."""
    console = Console()
    for message in said.wrong:
        console.print(Text("not copied", style="red"), Text(message), soft_wrap=True)
    held = f", {said.kept:,} of them there already" if said.kept else ""
    copied = _counted(said.bytes_copied, "byte") if said.bytes_copied else "nothing"
    console.print(
        f"Backed up to {directory}: {_counted(said.captures, 'capture')} and {_counted(said.articles, 'article')} "
        f"in {_counted(said.files, 'file')}{held}; {copied} copied.",
        soft_wrap=True,
    )


def print_rebuilt(said: Rebuilt) -> None:
    """What was left out, where old things were kept, then what the new catalog holds."""
    console = Console()
    for left in said.left_out:
        console.print(Text("left out", style="red"), Text(f"{left.file}, {left.place}: {left.reason}"), soft_wrap=True)
    for path in said.kept:
        console.print(Text("kept", style="dim"), Text(str(path)), soft_wrap=True)
    if said.repeated:
        console.print(f"{_counted(said.repeated, 'capture')} stood in two files, and were entered once.")
    if said.moved:
        console.print(f"{_counted(said.moved, 'version of articles')} named another place than the record's.")
    held = ", ".join(
        _counted(count, name)
        for count, name in (
            (said.files, "file"),
            (said.captures, "capture"),
            (said.articles, "article"),
            (said.versions, "version of articles"),
            (said.runs, "run"),
        )
    )
    held += f", {said.addresses:,} address{'' if said.addresses == 1 else 'es'} of the frontier"
    left_out = f"; {_counted(len(said.left_out), 'place')} left out" if said.left_out else ""
    console.print(f"Rebuilt: {held}{left_out}.", soft_wrap=True)


def _counted(count: int, name: str) -> str:
    noun, _, rest = name.partition(" ")
    return f"{count:,} {noun}{'' if count == 1 else 's'} {rest}".rstrip()


def print_serving(serving: Serving) -> None:
    """Where the site is."""
    console = Console()
    console.print(Text.assemble("\nSearch and read at ", (serving.site, "bold")))
    console.print(f"Captured pages are replayed at {serving.replay}. Ctrl-C ends both.")


def _marked(pieces: Sequence[Any], style: str) -> Text:
    text = Text(style=style)
    for piece in pieces:
        text.append(piece.text, style="bold reverse" if piece.is_hit else "")
    return text


def _local(instant: datetime) -> str:
    return instant.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
