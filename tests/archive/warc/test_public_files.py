"""Public WARC and ARC files with labels, where they are at hand: every bad one is found, no valid one is accused."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

from archive.checking.files import verify_paths

FOLDER = os.environ.get("BAOTINH_PUBLIC_FILES")
DOCS = Path(__file__).parents[3] / "docs" / "verify.md"


def labelled() -> list[tuple[str, str]]:
    """Names and labels: the columns `file` and `label` of LABELS.tsv."""
    if FOLDER is None:
        return []
    with (Path(FOLDER) / "LABELS.tsv").open(encoding="utf-8", newline="") as table:
        return [(row["file"], row["label"]) for row in csv.DictReader(table, delimiter="\t")]


def warned_of_only() -> set[str]:
    """The files that are called bad and, as the docs say, break no more than a recommendation."""
    table = DOCS.read_text("utf-8").partition("that are called invalid or bad")[2].partition("\n\n**")[0]
    return set(re.findall(r"(?m)^\| `([^`]+)` \|", table))


if FOLDER is not None:  # a test that cannot be run is none

    def test_the_labels_are_borne_out() -> None:
        assert labelled()
        wrong = []
        for name, label in labelled():
            severities = {finding.severity for finding in verify_paths([Path(FOLDER or "") / name]).findings}
            is_bad, is_excused = bool(severities - {"warning"}), name.partition("__")[2] in warned_of_only()
            if label in ("damaged", "invalid") and not is_bad and not (is_excused and severities):
                wrong.append((name, label, "not found"))
            if label == "valid" and is_bad:
                wrong.append((name, label, "accused"))
        assert wrong == []


def test_the_docs_list_the_files_that_are_only_warned_of() -> None:
    assert len(warned_of_only()) == 2
