"""`baotinh verify`: checks files and collections, and prints the findings."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import typer
from rich.text import Text

from archive.checking.extent import Extent
from archive.checking.files import kind_of, verify_paths
from archive.checking.verification import PartChecked, Verification
from archive.cli.fault_words import fault_words
from archive.cli.terminal import Console, plural
from archive.clock import now
from archive.durations import parse_duration
from archive.printable import json_text, say
from archive.warc.check.findings import Finding
from archive.warc.check.wacz.whole import signatures_of
from archive.zones import VIETNAM, utc_text

_PERCENTAGE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%")


@attrs.frozen
class SeverityCounts:
    """How many findings of each severity there were."""

    damage: int
    breaches: int
    warnings: int


def check(
    paths: Sequence[Path],
    collection: Path,
    extent: Extent,
    *,
    processes: int | None,
    scheduler: str | None,
    as_json: bool,
) -> SeverityCounts:
    """Check collections and files, by default the collection; print the findings, and count them.

    Raises:
        UsageError: one of the paths is neither a collection nor a file that can be checked, or a part was asked for of
            what is no collection; then nothing was checked.
        WorkerLost, ClusterLost: a process was killed, or all workers were; then nothing is printed.
    """
    collections = [path for path in paths if path.is_dir()] if paths else [collection]
    files = [path for path in paths if path not in collections]
    for path in files:
        kind_of(path)
        if not extent.is_whole:
            raise typer.BadParameter(f"--sample and --since are for collections, and {path} is a file")
        if scheduler:
            raise typer.BadParameter(f"--scheduler is for collections, and {path} is a file")
    results = _check_collections(collections, extent, processes, scheduler)
    if files:
        results.append(verify_paths(files, processes=processes))
    if as_json:
        _print_json(finding for part in results for finding in part.findings)
        for root, one in zip(collections, results, strict=False):
            if one.part is not None:
                say(json_text({"collection": str(root)} | part_values(one, one.part)))
    else:
        print_verification(results)
        _print_signatures(path for path in files if kind_of(path) == "wacz")
    severities = Counter(finding.severity for part in results for finding in part.findings)
    return SeverityCounts(severities["damage"], severities["breach"], severities["warning"])


def _print_signatures(paths: Iterable[Path]) -> None:
    """Say who signed each WACZ, where the signature is right."""
    for path in paths:
        for one in signatures_of(path):
            name = f" in the name of {one.domain}" if one.domain else ""
            say(f"{path.name} was signed{name}, as it says on {one.created}, with the key SHA-256 {one.fingerprint}")


def read_extent(sample: str | None, seed: int | None, since: str | None) -> Extent:
    """What the options of that name ask for; without a seed one is drawn.

    Raises:
        UsageError: one of them cannot be read.
    """
    share = _PERCENTAGE.fullmatch(sample.strip()) if sample else None
    if sample and (share is None or not 0 < Fraction(share[1]) <= 100):
        raise typer.BadParameter(f"--sample: {sample!r} is no percentage such as 1% or 0.5%")
    if seed is not None and not sample:
        raise typer.BadParameter("--seed is for --sample")
    if sample and seed is None:
        seed = secrets.randbelow(2**32)
    return Extent(sample=share[1] if share else None, seed=seed, since=_instant(since) if since else None)


def _instant(text: str) -> datetime:
    try:
        return now() - parse_duration(text)
    except ValueError:
        pass
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"--since: {text!r} is neither a span such as 1d nor a day such as 2026-01-31"
        ) from error
    return read if read.tzinfo else read.replace(tzinfo=VIETNAM)


def _check_collections(
    roots: Sequence[Path], extent: Extent, processes: int | None, scheduler: str | None
) -> list[Verification]:
    if not roots:
        return []
    from archive.checking.collection import verify
    from archive.collection import Collection
    from archive.maintenance import Recording, recorded

    results = []
    for collection in [Collection.open(root) for root in roots]:
        with recorded(collection, "verify") if extent.is_whole else nullcontext(Recording()) as recording:
            found = verify(collection, extent, processes=processes, scheduler=scheduler)
            severities = Counter(one.severity for one in found.findings)
            recording.detail = {"damage": severities["damage"], "breaches": severities["breach"]}
            recording.outcome = "failed" if severities["damage"] or severities["breach"] else "finished"
        results.append(found)
    return results


def _print_json(findings: Iterable[Finding]) -> None:
    for finding in findings:
        fault = finding.fault
        said = attrs.asdict(finding, recurse=False) | {
            "code": fault.code.value, "values": dict(fault.values), "message": fault_words(fault),
        }  # fmt: skip
        del said["fault"]
        if not finding.was_imported:
            del said["was_imported"]
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
    shares = [(part, part.part) for part in parts if part.part is not None]
    for result, share in shares:
        _print_part(console, result, share)
    _print_verdict(console, findings, looked, "Sound as far as checked" if shares else "Sound")


def _print_verdict(console: Console, findings: Sequence[Finding], looked: str, sound: str) -> None:
    kinds = [("damage", "red"), ("breach", "red"), ("warning", "yellow")]
    counts = [(kind, style, sum(finding.severity == kind for finding in findings)) for kind, style in kinds]
    if not findings:
        console.print(Text(sound, style="green"), Text(f": {looked}"), sep="", soft_wrap=True)
        return
    verdict = "Not sound" if any(count for kind, _, count in counts if kind != "warning") else f"{sound}, with warnings"
    plurals = {"damage": "damage", "breach": "breaches", "warning": "warnings"}
    results = Text(", ").join(
        Text(f"{count:,} {kind if count == 1 else plurals[kind]}", style=style)
        for kind, style, count in counts
        if count
    )
    console.print(Text(f"{verdict}: "), results, Text(f" in {looked}"), sep="", soft_wrap=True)


def part_values(result: Verification, part: PartChecked) -> dict[str, Any]:
    """How much was read, by what it was chosen, and what there is, as JSON values."""
    of = {"files": part.files, "bytes": part.size, "versions": (result.versions, part.versions), "lines": part.lines}
    return {
        "sample": f"{part.sample}%" if part.sample else None,
        "seed": part.seed,
        "since": utc_text(part.since) if part.since else None,
        "checked": {name: {"read": read, "of": there} for name, (read, there) in of.items()},
    }


def _print_part(console: Console, result: Verification, part: PartChecked) -> None:
    """Print what was read of a collection and what was not, and how the same sample is drawn again."""
    chosen = []
    if part.sample:
        chosen.append(f"a sample of {part.sample}% with --seed {part.seed}")
    if part.since:
        chosen.append(f"what was written or changed since {part.since.isoformat(timespec='seconds')}")
    (files, all_files), (size, all_bytes), (lines, all_lines) = part.files, part.size, part.lines
    share = f"{100 * size / all_bytes:.1f}%" if all_bytes else "100%"
    console.print(
        Text(
            f"Checked: {' and '.join(chosen)}: {files:,} of {plural(all_files, 'file')} ({share} of their bytes), "
            f"{result.versions:,} of {plural(part.versions, 'version of articles')}, "
            f"JSON lines of {lines:,} of {plural(all_lines, 'run')}"
        ),
        soft_wrap=True,
    )
    left = [
        f"the other {plural(all_files - files, 'file')}, but that they are there and as long as the catalog says",
        f"the other {plural(part.versions - result.versions, 'version of articles')}",
        f"JSON lines of the other {plural(all_lines - lines, 'run')}",
    ]
    is_left = [files < all_files, result.versions < part.versions, lines < all_lines]
    named = [what for what, is_unread in zip(left, is_left, strict=True) if is_unread]
    text = f"Not checked: {'; '.join([*named, 'whether what records refer to is there'])}"
    console.print(Text(text, style="yellow"), soft_wrap=True)


def _print_finding(console: Console, finding: Finding) -> None:
    style = "yellow" if finding.severity == "warning" else "red"
    place = "" if finding.offset is None else f"byte {finding.offset}: "
    line = Text(f"  {finding.severity:<8} ", style=style)
    line.append(f"{place}{fault_words(finding.fault)} ", style="default")
    line.append(f"({finding.rule}{'; so it was imported' if finding.was_imported else ''})", style="dim")
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
