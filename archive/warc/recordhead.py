"""The parser of a WARC record's head (ISO 28500, 4): version line and named fields; and of blocks of such fields.

It is tolerant: lines may end with LF alone, the version may be in small letters, a line without a colon has no name.
`archive/warc/check/heads.py` says how a head departs from the standard.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.faults import Damage, Fault, as_text, damage_words
from archive.warc.flow import Flow

# A head has some hundred bytes; longer ones are refused.
LONGEST_HEAD = 1024 * 1024
_VERSION = re.compile(rb"WARC/\d{1,3}\.\d{1,3}", re.IGNORECASE)
_IRREGULAR_END = re.compile(rb"\n\r?\n")
_WHITE = (b" ", b"\t")

# The lines of a head without line ends, the offset of its block, whether all line ends are CR LF, and whether a line
# continues the one before it. A plain tuple, because one is made for each record.
HeadLines = tuple[list[bytes], int, bool, bool]


class NoRecord(Exception):
    """No record begins at a place where one should; `fault` says what is there instead."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(damage_words(fault))


def is_version(line: bytes) -> bool:
    """Whether a record can begin with this line."""
    return _VERSION.fullmatch(line) is not None


def find_lines(buffer: bytes, start: int) -> HeadLines | None:
    """The lines of the head that begins at `start`; None where no empty line is in sight."""
    # find() takes a third of the time of `in`
    end = buffer.find(b"\r\n\r\n", start)
    if end >= 0:
        octets = buffer[start:end]
        lines = octets.split(b"\r\n")
        if octets.count(b"\n") == len(lines) - 1:
            return lines, end + 4, True, octets.find(b"\n ") >= 0 or octets.find(b"\n\t") >= 0
    match = _IRREGULAR_END.search(buffer, start)  # lines that end with a line feed alone
    if match is None:
        return None
    lines = re.split(rb"\r*\n", buffer[start : match.start()].rstrip(b"\r"))
    return lines, match.end(), False, any(line[:1] in _WHITE for line in lines)


def next_lines(flow: Flow) -> HeadLines:
    """As `find_lines`, at the position of a flow, which does not change.

    Raises:
        NoRecord: no record begins there; without an empty line the flow is then at the end of what was searched.
        MemberDamaged: it cannot be inflated.
    """
    while (found := find_lines(flow.buffer, flow.position)) is None:
        line, newline, _ = flow.buffer[flow.position : flow.position + 64].partition(b"\n")
        if newline and not is_version(line.rstrip(b"\r")):
            raise NoRecord(Fault.of(Damage.NO_RECORD, found=as_text(line[:20])))
        if len(flow.buffer) - flow.position > LONGEST_HEAD or not flow.fill():
            # without an empty line no record can begin in here, so it is skipped at once
            flow.position = max(flow.position, len(flow.buffer) - 4)
            raise NoRecord(Fault.of(Damage.HEAD_UNENDED, found=as_text(line[:20])))
    size = found[1] - flow.position
    if size > LONGEST_HEAD:
        raise NoRecord(Fault.of(Damage.HEAD_TOO_LONG, size=size))
    if not is_version(found[0][0]):
        raise NoRecord(Fault.of(Damage.NO_RECORD, found=as_text(found[0][0][:20])))
    return found


def unfold(lines: list[bytes]) -> tuple[list[bytes], int]:
    """Join lines that begin with white space to the field before them, with one space.

    Also how many such lines are before the first field; they are left out.
    """
    joined, stray = lines[:1], 0
    for line in lines[1:]:
        if line[:1] not in _WHITE:
            joined.append(line)
        elif len(joined) == 1:
            stray += 1
        else:
            before = joined[-1]
            joined[-1] = before + (b"" if before.endswith(b":") else b" ") + line.strip(b" \t")
    return joined, stray


def split_field(line: bytes) -> tuple[bytes, bytes, bytes]:
    """Name, colon and value of a line; a line without a colon is all name."""
    name, colon, value = line.partition(b":")
    return name, colon, value.strip(b" \t")


def named_fields(head: HeadLines) -> tuple[tuple[str, str], ...]:
    """All fields behind a version line, in order; what is not UTF-8 is replaced."""
    lines, _, _, is_folded = head
    if is_folded:
        lines, _ = unfold(lines)
    fields = (split_field(line) for line in lines[1:])
    return tuple(
        (name.decode("utf-8", "replace").strip(), value.decode("utf-8", "replace"))
        for name, colon, value in fields
        if colon and name
    )


def block_length(value: bytes) -> int | None:
    """The number in Content-Length; None where it is not one of at most 18 digits."""
    return int(value) if value.isdigit() and len(value) <= 18 else None


def warc_fields(fields: Sequence[tuple[str, str]]) -> bytes:
    """A block of application/warc-fields (ISO 28500, annex C); line breaks within values are folded to spaces."""
    return "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in fields).encode()


def read_warc_fields(block: bytes) -> dict[str, str]:
    """The fields in a block of application/warc-fields (ISO 28500, annex C); the last of several with one name."""
    lines = (line.partition(":") for line in block.decode("utf-8", "replace").splitlines())
    return {name.strip().lower(): value.strip() for name, colon, value in lines if colon}
