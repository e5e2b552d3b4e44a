"""What `baotinh verify` does: checks what it is given and prints the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs

from archive.checking.files import Verification, kind_of, verify_paths
from archive.printable import json_text, say
from archive.warc.check.findings import Finding


@attrs.frozen
class Found:
    """How many findings of each severity there were."""

    damage: int
    breaches: int
    warnings: int


def check(paths: Sequence[Path], collection: Path, *, as_json: bool) -> Found:
    """Check collections and files, by default the collection; print the findings, and count them.

    Raises:
        UsageError: one of the paths is neither a collection nor a file that can be checked; nothing was checked then.
    """
    collections = [path for path in paths if path.is_dir()] if paths else [collection]
    files = [path for path in paths if path not in collections]
    for path in files:
        kind_of(path)
    said = _check_collections(collections)
    if files:
        said.append(verify_paths(files))
    if as_json:
        _print_json(finding for part in said for finding in part.findings)
    else:
        from archive.cli.terminal import print_verification

        print_verification(said)
    severities = Counter(finding.severity for part in said for finding in part.findings)
    return Found(severities["damage"], severities["breach"], severities["warning"])


def _check_collections(roots: Sequence[Path]) -> list[Verification]:
    if not roots:
        return []
    from archive.checking.collection import verify
    from archive.collection import Collection

    return [verify(collection) for collection in [Collection.open(root) for root in roots]]


def _print_json(findings: Iterable[Finding]) -> None:
    for finding in findings:
        say(json_text(attrs.asdict(finding)))
