"""What a check says: a finding and the clause behind it; looks at nothing itself."""

from __future__ import annotations

from typing import Literal

import attrs

from archive.warc.members import OddHeader

Severity = Literal["damage", "breach", "warning"]

# The rule of a gzip header that is not as it should be
HEADER = "RFC 1952, 2.3.1"
ODD_HEADERS: dict[OddHeader, tuple[Severity, str]] = {
    OddHeader.TIME: ("damage", "time in its gzip header, where all headers around it have none"),
    OddHeader.EXTRA_FLAGS: ("damage", "extra flags in its gzip header differ from all headers around it"),
    OddHeader.LEVEL: ("warning", "extra flags in its gzip header differ from all headers around it"),
    OddHeader.FLAGS_OR_SYSTEM: ("damage", "flags or system in its gzip header differ from all headers around it"),
}
WARC_1_0 = "WARC/1.0"
WARC_1_1 = "WARC/1.1"
# Clauses of ISO 28500:2017 (WARC 1.1) that have another number in ISO 28500:2009 (WARC 1.0), or none there.
_IN_2009 = {
    "5.14": "5.12",
    "5.15": "5.13",
    "5.16": "5.14",
    "5.17": "5.15",
    "5.18": "5.16",
    "5.19": "5.17",
    "5.20": "5.18",
    "5.21": "5.19",
    "5.22": "5.20",
    "D.2": "A.2",
}


@attrs.frozen(kw_only=True)
class Finding:
    """Something wrong. `rule` names the clause of the standard that says so, or the catalog, or an index.

    `offset` is in bytes from the file's beginning: of the record, or of the gzip member that holds it.
    """

    file: str
    offset: int | None
    record_id: str | None
    rule: str
    severity: Severity
    message: str


def clause(number: str, version: str = WARC_1_1) -> str:
    """How a clause, numbered as in ISO 28500:2017, is called for a record of that version."""
    if version == WARC_1_1:
        return f"ISO 28500:2017, {number}"
    return f"ISO 28500:2009, {_IN_2009.get(number, number)}"
