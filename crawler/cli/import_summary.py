"""The result of an import: short for people, one JSON object for programs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from shlex import quote
from typing import Self

from rich.status import Status

from archive.cli.fault_words import fault_words
from archive.cli.terminal import Console, plural
from archive.collection import Collection
from archive.ingest.foreign.pages import PageOutcome
from archive.ingest.foreign.taken import Fate, TakenFile
from archive.printable import json_text, say
from crawler.cli.output import Output
from crawler.importing.report import ImportReport, file_values
from crawler.importing.whole import Imported, Watcher

_OUTCOMES: Mapping[PageOutcome, str] = {
    PageOutcome.NEW: "new articles",
    PageOutcome.CHANGED: "new versions of articles",
    PageOutcome.DUPLICATE: "articles as they were known",
    PageOutcome.NO_ARTICLE: "no article",
    PageOutcome.OTHER_ADDRESS: "at addresses of no article",
    PageOutcome.NO_DECLARATION: "of hosts that no file declares, left out",
    PageOutcome.HTTP_STATUS: "answers with another status than 200",
    PageOutcome.PURGED: "of addresses that were removed by order, not read",
    PageOutcome.NO_PAGE: "no HTML",
    PageOutcome.FILTERED: "left out by the filters",
    PageOutcome.UNDECODABLE: "bodies that cannot be decoded",
    PageOutcome.RECORD_UNREADABLE: "records that cannot be read",
    PageOutcome.ORIGINAL_MISSING: "revisits without their original",
    PageOutcome.READING_FAILED: "pages on which reading failed: the next import tries them again",
}
_FATES: Mapping[Fate, str] = {
    Fate.IMPORTED: "imported",
    Fate.CONVERTED: "a copy of its records was imported",
    Fate.HELD: "in the collection already",
    Fate.OVERLAPS: "all its captures are in the collection already",
    Fate.REMOVED: "not imported: what the collection lacks of it was removed by order",
    Fate.REFUSED: "not imported",
}
_SHOWN_FILES, _SHOWN_TROUBLES, _SHOWN_HOSTS = 20, 5, 10


class Shown(Watcher):
    """Shows on a terminal how an import goes on; a context manager."""

    def __init__(self, output: Output) -> None:
        is_shown = output is Output.PEOPLE and sys.stdout.isatty()
        self._status: Status | None = Console().status("Reading files ...") if is_shown else None
        self._files = 0

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._status is not None:
            self._status.stop()

    def file(self, taken: TakenFile) -> None:
        """Show how many files are done."""
        self._files += 1
        if self._status is not None:
            self._status.update(f"Reading files ... {self._files:,}")

    def pages(self, done: int, of: int) -> None:
        """Show how many pages are done."""
        if self._status is not None and (done % 10 == 0 or done == of):
            self._status.update(f"Reading pages ... {done:,} of {of:,}")


def print_import(result: Imported, collection: Collection, output: Output) -> None:
    """Print the result."""
    if output is Output.JSON:
        say(json_text(_values(result)))
    elif output is Output.PEOPLE:
        _print_files(result.report)
        _print_pages(result.report)
        _print_hosts(result.report)
        say(f"Every file and page: {result.report.path}" if result.report.path else "Nothing new.")


def _values(result: Imported) -> dict[str, object]:
    report = result.report
    return {
        "run": result.run,
        "report": str(report.path) if report.path else None,
        "files": [file_values(one) for one in report.files],
        "outcomes": {one.value: report.outcomes[one] for one in PageOutcome if report.outcomes[one]},
        "read_before": report.repeated,
        "other_captures": report.others,
        "declared": dict(report.declared.most_common()),
        "undeclared": dict(report.undeclared.most_common()),
    }


def _print_files(report: ImportReport) -> None:
    sound = [one for one in report.files if not one.troubles and one.fate is not Fate.REFUSED and not one.strangers]
    for one in sound[:_SHOWN_FILES]:
        by = f", by {one.software}" if one.software else ""
        held = f": {plural(one.captures, 'capture')}{by}" if one.captures else ""
        held = held or (": it holds no captures" if one.fate in (Fate.IMPORTED, Fate.CONVERTED) else "")
        under = f" as {one.file}" if one.file and one.file != one.name else ""
        say(f"{one.name}: {_FATES[one.fate]}{under}{held}")
    if len(sound) > _SHOWN_FILES:
        say(f"and {len(sound) - _SHOWN_FILES:,} more files without faults")
    for one in report.files:
        if one not in sound:
            _print_faulty(one)
        if one.removed and one.fate is not Fate.REMOVED:
            _print_removed(one)


def _print_faulty(one: TakenFile) -> None:
    reason = f": {fault_words(one.reason)}" if one.reason else ""
    counts = (
        f": {plural(one.captures, 'capture')}, {plural(one.lost, 'place')} lost" if one.fate is not Fate.REFUSED else ""
    )
    say(f"{one.name}: {_FATES[one.fate]}{reason}{counts}")
    of = " of its inflated bytes" if one.is_inflated else ""
    for trouble in one.troubles[:_SHOWN_TROUBLES]:
        what = "lost" if trouble.is_lost else "imported all the same"
        say(f"  byte {trouble.offset:,}{of}: {fault_words(trouble.fault)}; {what}")
    if len(one.troubles) > _SHOWN_TROUBLES:
        say(f"  and {len(one.troubles) - _SHOWN_TROUBLES:,} more, in the report")
    if one.strangers:
        say(f"  {plural(one.strangers, 'capture')} with the record id of another capture, not imported")


def _print_removed(one: TakenFile) -> None:
    count = sum(removed.captures for removed in one.removed)
    say(f"{one.name}: {plural(count, 'capture')} that had been removed by order came back, withheld from readers;")
    say("these commands remove them again:")
    for removed in one.removed[:_SHOWN_HOSTS]:
        say(f"  baotinh purge {quote(removed.subject)} --reason {removed.reason.value} --yes")
    if len(one.removed) > _SHOWN_HOSTS:
        say(f"  and {len(one.removed) - _SHOWN_HOSTS:,} more, in the report")


def _print_pages(report: ImportReport) -> None:
    found = [f"{report.outcomes[one]:,} {words}" for one, words in _OUTCOMES.items() if report.outcomes[one]]
    found += [f"{report.repeated:,} read by an earlier import"] if report.repeated else []
    say(f"Pages: {', '.join(found) or 'none'}")
    if report.reasons:
        named = ", ".join(f"{field} {count:,}" for field, count in report.reasons.most_common(5))
        say(f"Not found on pages without an article: {named}")
    if report.too_large:
        say(f"Too large to be read as articles, kept and replayed all the same: {plural(report.too_large, 'page')}")
    if report.others:
        say(f"Other captures, such as pictures and styles: {report.others:,}")


def _print_hosts(report: ImportReport) -> None:
    if not report.undeclared:
        return
    most = report.undeclared.most_common(_SHOWN_HOSTS)
    say("Hosts that no file declares, with their pages:")
    for host, count in most:
        say(f"  {host} {count:,}: 'baotinh newspapers draft {host} --from-collection' drafts a declaration")
    if (left := len(report.undeclared) - len(most)) > 0:
        say(f"  and {left:,} more hosts")
