"""`baotinh verify`: checks files and collections, and prints the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import attrs
from rich.text import Text

from archive.checking.files import kind_of, verify_paths
from archive.checking.verification import Verification
from archive.cli.fault_words import fault_words
from archive.cli.terminal import Console, plural
from archive.printable import json_text, say
from archive.warc.check.findings import Finding


@attrs.frozen
class SeverityCounts:
    """How many findings of each severity there were."""

    damage: int
    breaches: int
    warnings: int


def check(paths: Sequence[Path], collection: Path, *, as_json: bool) -> SeverityCounts:
    """Check collections and files, by default the collection; print the findings, and count them.

    Raises:
        UsageError: one of the paths is neither a collection nor a file that can be checked; then nothing was checked.
    """
    collections = [path for path in paths if path.is_dir()] if paths else [collection]
    files = [path for path in paths if path not in collections]
    for path in files:
        kind_of(path)
    results = _check_collections(collections)
    if files:
        results.append(verify_paths(files))
    if as_json:
        _print_json(finding for part in results for finding in part.findings)
    else:
        print_verification(results)
    severities = Counter(finding.severity for part in results for finding in part.findings)
    return SeverityCounts(severities["damage"], severities["breach"], severities["warning"])


def _check_collections(roots: Sequence[Path]) -> list[Verification]:
    if not roots:
        return []
    from archive.checking.collection import verify
    from archive.collection import Collection

    return [verify(collection) for collection in [Collection.open(root) for root in roots]]


def _print_json(findings: Iterable[Finding]) -> None:
    for finding in findings:
        fault = finding.fault
        said = attrs.asdict(finding, recurse=False) | {
            "code": fault.code.value, "values": dict(fault.values), "message": fault_words(fault),
        }  # fmt: skip
        del said["fault"]
        say(json_text(said))


_SHOWN_ALIKE = 3


def print_verification(parts: Sequence[Verification]) -> None:
    """Print the findings of each file, grouped by kind, then what was checked."""
    console = Console()
    findings = [finding for part in parts for finding in part.findings]
    for file, of_file in _grouped(findings, lambda finding: finding.file).items():
        console.print(Text(file, style="bold"), soft_wrap=True)
        for alike in _grouped(of_file, _kind).values():
            for finding in alike[:_SHOWN_ALIKE]:
                _print_finding(console, finding)
            if len(alike) > _SHOWN_ALIKE:
                rest = alike[_SHOWN_ALIKE:]
                text = f"           and {len(rest):,} more of this kind, the last at byte {rest[-1].offset}"
                console.print(Text(text, style="dim"), soft_wrap=True)
    looked = ", ".join(
        plural(count, name)
        for count, name in (
            (sum(part.files for part in parts), "file"),
            (sum(part.records for part in parts), "record"),
            (sum(part.captures for part in parts), "capture"),
            (sum(part.versions for part in parts), "version of articles"),
            (sum(part.sets for part in parts), "set"),
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
    results = Text(", ").join(
        Text(f"{count:,} {kind if count == 1 else plurals[kind]}", style=style)
        for kind, style, count in counts
        if count
    )
    console.print(Text(f"{verdict}: "), results, Text(f" in {looked}"), sep="", soft_wrap=True)


def _print_finding(console: Console, finding: Finding) -> None:
    style = "yellow" if finding.severity == "warning" else "red"
    place = "" if finding.offset is None else f"byte {finding.offset}: "
    line = Text(f"  {finding.severity:<8} ", style=style)
    line.append(f"{place}{fault_words(finding.fault)} ", style="default")
    line.append(f"({finding.rule})", style="dim")
    console.print(line, soft_wrap=True)
    if finding.record_id:
        console.print(Text(f"           {finding.record_id}", style="dim"), soft_wrap=True)


def _grouped(findings: Sequence[Finding], key: Callable[[Finding], Any]) -> dict[Any, list[Finding]]:
    groups: dict[Any, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(key(finding), []).append(finding)
    return groups


def _kind(finding: Finding) -> tuple[object, ...]:
    """Severity, rule and fault without the values that differ from record to record."""
    fault = finding.fault
    return finding.severity, finding.rule, fault.code, fault["field"], fault["type"], fault["departure"]
