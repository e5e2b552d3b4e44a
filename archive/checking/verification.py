"""The result of a check: what was read, and what was found; and how files, catalog and articles can disagree."""

from __future__ import annotations

import enum
import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import attrs

from archive.faults import Fault
from archive.warc.check.findings import Finding

# of one file; further ones are only counted
MOST_FINDINGS = 10_000


class Disagreement(enum.StrEnum):
    """How a file, the catalog, an index or an article contradicts the others; the comment names the values."""

    UNREADABLE = "file_unreadable"  # found: what the system says
    MORE_FINDINGS = "more_findings"  # count
    CHECKSUM = "checksum"
    SHORTER = "shorter"  # expected and found, in bytes
    LONGER = "longer"  # expected, and size of what follows, in bytes
    UNFINISHED_FILE = "unfinished_file"
    UNKNOWN_FILE = "unknown_file"
    FORMER_FILE = "former_file"  # found: the file to which its records were moved
    NO_CDXJ = "no_cdxj"
    CAPTURE_UNLISTED = "capture_unlisted"  # url
    CAPTURE_ABSENT = "capture_absent"  # url
    CAPTURE_DIFFERS = "capture_differs"  # field; expected by the catalog; found in the record
    ARTICLE_UNREADABLE = "article_unreadable"  # article: its id; found: what the parser says
    ARTICLE_SCHEMA = "article_schema"  # article; found: what the schema says
    ARTICLE_NO_RECORD = "article_no_record"  # article
    PICTURE_NO_RECORD = "picture_no_record"  # article; picture: its number
    ARTICLE_DIFFERS = "article_differs"  # article, picture or none; field; found in the article; expected by the record
    READING_DIFFERS = "reading_differs"  # article; field; found in a reading's line; expected by the catalog
    LINES_ABSENT = "lines_absent"
    LINE_ABSENT = "line_absent"  # line
    LINE_DIFFERS = "line_differs"  # line
    LINES_BEHIND = "lines_behind"  # line: the first one
    LINES_LEFT_OVER = "lines_left_over"  # line: the last that was released


@attrs.frozen(kw_only=True)
class PartChecked:
    """How much of a collection a check reads, and by what it is chosen.

    `files`, `size` in bytes, and `lines`, of runs: how many are read, and how many there are. `versions`: how many
    there are; `Verification` counts those that were read. `sample`: the share in percent, as it was asked for.
    `since`: an instant with its offset.
    """

    sample: str | None
    seed: int | None
    since: datetime | None
    files: tuple[int, int]
    size: tuple[int, int]
    versions: int
    lines: tuple[int, int]


@attrs.define
class Verification:
    """How many files, records, captures, versions of articles and frozen sets were checked, and the findings.

    `part`: None where the whole was checked. Its versions are counted by the check.
    """

    files: int = 0
    records: int = 0
    captures: int = 0
    versions: int = 0
    sets: int = 0
    findings: list[Finding] = attrs.field(factory=list)
    part: PartChecked | None = None


def most(findings: Iterator[Finding], file: str) -> Iterator[Finding]:
    """The first findings of a file, and for each severity how many more there are: memory is limited."""
    yield from itertools.islice(findings, MOST_FINDINGS)
    for severity, count in sorted(Counter(finding.severity for finding in findings).items()):
        yield Finding(
            file=file, offset=None, record_id=None, rule="file", severity=severity,
            fault=Fault.of(Disagreement.MORE_FINDINGS, count=count),
        )  # fmt: skip
