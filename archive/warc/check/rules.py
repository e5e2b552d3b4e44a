"""Which fields a record of each type must, may and must not have (ISO 28500, 5 to 7).

Clauses are numbered as in ISO 28500:2017. What breaks a "shall" is a breach; a "should" or a recommendation, a warning.
"""

from __future__ import annotations

import attrs

from archive.faults import Fault
from archive.warc.check import grammar
from archive.warc.check.findings import WARC_1_0, WARC_1_1, Complaint, Departure

# Drafts from before the standard; they are judged by the rules of WARC 1.0
DRAFTS = frozenset(("WARC/0.9", "WARC/0.10", "WARC/0.12", "WARC/0.13", "WARC/0.17", "WARC/0.18"))
VERSIONS = frozenset((WARC_1_0, WARC_1_1)) | DRAFTS


@attrs.frozen
class Field:
    """A field of the standard: its name, the clause that defines it, and the grammar of its value."""

    name: str
    clause: str
    check: grammar.Check
    repeatable: bool = False
    # Each record has another value, so that the result of a check is not kept for the next one
    is_unique: bool = False


FIELDS: dict[bytes, Field] = {
    field.name.lower().encode(): field
    for field in (
        Field("WARC-Record-ID", "5.2", grammar.identifier, is_unique=True),
        Field("Content-Length", "5.3", grammar.digits),
        Field("WARC-Date", "5.4", grammar.instant),
        Field("WARC-Type", "5.5", grammar.token),
        Field("Content-Type", "5.6", grammar.media_type),
        Field("WARC-Concurrent-To", "5.7", grammar.identifier, repeatable=True),
        Field("WARC-Block-Digest", "5.8", grammar.labelled_digest, is_unique=True),
        Field("WARC-Payload-Digest", "5.9", grammar.labelled_digest, is_unique=True),
        Field("WARC-IP-Address", "5.10", grammar.address),
        Field("WARC-Refers-To", "5.11", grammar.identifier),
        Field("WARC-Refers-To-Target-URI", "5.12", grammar.uri),
        Field("WARC-Refers-To-Date", "5.13", grammar.reference_date),
        Field("WARC-Target-URI", "5.14", grammar.uri),
        Field("WARC-Truncated", "5.15", grammar.reason),
        Field("WARC-Warcinfo-ID", "5.16", grammar.identifier),
        Field("WARC-Filename", "5.17", grammar.text),
        Field("WARC-Profile", "5.18", grammar.strict_uri),
        Field("WARC-Identified-Payload-Type", "5.19", grammar.media_type),
        Field("WARC-Segment-Number", "5.20", grammar.digits),
        Field("WARC-Segment-Origin-ID", "5.21", grammar.identifier),
        Field("WARC-Segment-Total-Length", "5.22", grammar.digits),
    )
}
# Fields that WARC 1.0 does not define: in its records they are extensions, and never wrong
ONLY_1_1 = frozenset((b"warc-refers-to-target-uri", b"warc-refers-to-date"))

_ALWAYS = ("warc-record-id", "content-length", "warc-date", "warc-type")
_MUST: dict[str, tuple[str, ...]] = {
    "warcinfo": (),
    "response": ("warc-target-uri",),
    "resource": ("warc-target-uri",),
    "request": ("warc-target-uri",),
    "metadata": (),
    "revisit": ("warc-target-uri", "warc-profile"),
    "conversion": ("warc-target-uri",),
    "continuation": ("warc-target-uri", "warc-segment-number", "warc-segment-origin-id"),
}
_REFERS = ("warc-refers-to-target-uri", "warc-refers-to-date")
_LAST_SEGMENT = ("warc-segment-origin-id", "warc-segment-total-length")
_MUST_NOT: dict[str, tuple[str, ...]] = {
    "warcinfo": (
        "warc-target-uri", "warc-concurrent-to", "warc-ip-address", "warc-refers-to", "warc-warcinfo-id",
        "warc-payload-digest", "warc-identified-payload-type", *_REFERS, *_LAST_SEGMENT,
    ),
    "response": ("warc-refers-to", "warc-filename", *_REFERS, *_LAST_SEGMENT),
    "resource": ("warc-refers-to", "warc-filename", *_REFERS, *_LAST_SEGMENT),
    "request": ("warc-refers-to", "warc-filename", *_REFERS, *_LAST_SEGMENT),
    "metadata": ("warc-filename", "warc-identified-payload-type", *_REFERS, *_LAST_SEGMENT),
    "revisit": ("warc-filename", *_LAST_SEGMENT),
    "conversion": ("warc-concurrent-to", "warc-ip-address", "warc-filename", *_REFERS, *_LAST_SEGMENT),
    "continuation": ("warc-concurrent-to", "warc-ip-address", "warc-refers-to", "warc-filename", *_REFERS),
}  # fmt: skip
TYPES = frozenset(_MUST)

# Fields that are odd in a record of a type but break no "shall", with the clause
_ODD: dict[str, dict[str, tuple[str, Departure]]] = {
    kind: {"warc-profile": ("5.18", Departure.PROFILE_OUTSIDE_REVISIT)} for kind in TYPES - {"revisit"}
}
_ODD["metadata"]["warc-payload-digest"] = ("5.9", Departure.DIGEST_OF_METADATA)
for _kind in ("warcinfo", "request", "metadata", "revisit"):
    _ODD.setdefault(_kind, {})["warc-segment-number"] = ("7", Departure.SEGMENT_OF_TYPE)
for _name_of in ("content-type", "warc-warcinfo-id", "warc-payload-digest", "warc-identified-payload-type"):
    _ODD["continuation"][_name_of] = ("7", Departure.NEEDLESS_IN_CONTINUATION)
# The clause that demands a field of a type, where it is not the field's own
_DEMANDED = {("continuation", "warc-segment-number"): "6.9", ("continuation", "warc-segment-origin-id"): "6.9"}


def judge_presence(kind: str, names: frozenset[bytes], version: str) -> tuple[Complaint, ...]:
    """The fields that a record of that type lacks, and those that it must not have.

    Of an unknown type only the four fields that all records have are demanded.
    """
    present = {name.decode("latin-1") for name in names}
    complaints = [
        Complaint(_clause(name), "breach", Fault.of(Departure.MISSING, field=_name(name)))
        for name in _ALWAYS
        if name not in present
    ]
    if kind not in TYPES:
        if kind:
            complaints.append(Complaint("5.5", "warning", Fault.of(Departure.UNKNOWN_TYPE, found=kind[:40])))
        return tuple(complaints)
    for name in _MUST[kind]:
        if name not in present:
            number = _DEMANDED.get((kind, name), _clause(name))
            missing = Fault.of(Departure.MISSING_OF_TYPE, field=_name(name), type=kind)
            complaints.append(Complaint(number, "breach", missing))
    for name in _MUST_NOT[kind]:
        if name in present and not (version != WARC_1_1 and name.encode() in ONLY_1_1):
            forbidden = Fault.of(Departure.FORBIDDEN_OF_TYPE, field=_name(name), type=kind)
            complaints.append(Complaint(_clause(name), "breach", forbidden))
    for name, (number, code) in _ODD.get(kind, {}).items():
        if name in present:
            complaints.append(Complaint(number, "warning", Fault.of(code, field=_name(name), type=kind)))
    return tuple(complaints)


def _name(name: str) -> str:
    return FIELDS[name.encode()].name


def _clause(name: str) -> str:
    return FIELDS[name.encode()].clause
