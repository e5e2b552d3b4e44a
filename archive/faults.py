"""What is wrong with a record, a file or a collection, as values: a code and what tells more of it.

Words are made of them where they are shown (`archive/cli/fault_words.py`). Those of damage stand here, because the
messages of errors hold them.
"""

from __future__ import annotations

import enum

import attrs

Value = str | int | None


@attrs.frozen
class Fault:
    """A code, and named values: numbers of bytes, octets as text, names of fields."""

    code: enum.StrEnum
    values: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, code: enum.StrEnum, **values: Value) -> Fault:
        """The fault with these values."""
        return cls(code, tuple(values.items()))

    def __getitem__(self, name: str) -> Value:
        """The value of that name; None where there is none."""
        return next((value for key, value in self.values if key == name), None)


class Damage(enum.StrEnum):
    """Why no record can be read, or a file is none that holds records; the comment names the values."""

    NO_RECORD = "no_record"  # found: the octets; follows: 1 where a record may begin behind them, 0 where none does
    HEAD_UNENDED = "head_unended"  # found: its first octets; follows, as above
    HEAD_TOO_LONG = "head_too_long"  # size, in bytes; follows, as above
    NO_LENGTH = "no_length"  # found: the value of Content-Length, where there is one
    BLOCK_TOO_LONG = "block_too_long"  # limit, in MiB
    BLOCK_CUT = "block_cut"  # expected and found, in bytes
    LINE_ENDS_CUT = "line_ends_cut"  # expected and found, in bytes
    NO_LINE_ENDS = "no_line_ends"  # length of the block, in bytes; found: the octets behind it
    SEVERAL_RECORDS = "several_records"
    DIVIDED_RECORD = "divided_record"
    BEHIND_RECORD = "behind_record"  # size, in bytes
    NO_MEMBER = "no_member"  # found: the first octets
    RESERVED_FLAGS = "reserved_flags"
    MEMBER_CUT = "member_cut"  # size of what is there, in bytes
    NOT_INFLATED = "not_inflated"  # found: what the library says
    NO_PROGRESS = "no_progress"
    END_OF_FILE = "end_of_file"
    UNREADABLE = "unreadable"  # found: what the system says
    NO_DATE = "no_date"  # found: the value of WARC-Date
    NO_ADDRESS = "no_address"  # found: the value of WARC-Target-URI
    CHANGED = "changed"
    EMPTY_FILE = "empty_file"
    NO_WARC_FILE = "no_warc_file"  # found: the first octets
    ZSTD_FILE = "zstd_file"
    ZSTD_CUT = "zstd_cut"
    NOTHING_SOUND = "nothing_sound"
    INFLATES_TOO_FAR = "inflates_too_far"
    OTHER_KIND = "other_kind"  # found: ARC, WACZ, CDXJ, xz


_WORDS = {
    Damage.NO_RECORD: "expected WARC/ and a version, found {found!r}",
    Damage.HEAD_UNENDED: "no empty line ends the head that begins with {found!r}",
    Damage.HEAD_TOO_LONG: "expected the head of a record, found one of {size} bytes",
    Damage.NO_LENGTH: "Content-Length is not a number: where the block ends is not known",
    Damage.BLOCK_TOO_LONG: "the block has more than {limit} MiB",
    Damage.BLOCK_CUT: "the block of {expected} bytes is cut: {found} are there",
    Damage.LINE_ENDS_CUT: "the record is cut within the two line ends behind its block: {found} of {expected} bytes",
    Damage.NO_LINE_ENDS: "expected two line ends behind the block of {length} bytes, found {found!r}",
    Damage.SEVERAL_RECORDS: "the gzip member holds several records",
    Damage.DIVIDED_RECORD: "the record goes on in the next gzip member",
    Damage.BEHIND_RECORD: "{size} bytes follow the record in its gzip member",
    Damage.NO_MEMBER: "expected a gzip member, found {found!r}",
    Damage.RESERVED_FLAGS: "gzip: reserved flags are set (RFC 1952, 2.3.1)",
    Damage.MEMBER_CUT: "the file ends within the gzip member, after {size} bytes of it",
    Damage.NOT_INFLATED: "gzip: {found}",
    Damage.NO_PROGRESS: "gzip: the member cannot be inflated further",
    Damage.END_OF_FILE: "expected a record, found the end of the file",
    Damage.UNREADABLE: "it cannot be read: {found}",
    Damage.NO_DATE: "WARC-Date {found!r} is not a date",
    Damage.NO_ADDRESS: "WARC-Target-URI {found!r} is not an address",
    Damage.CHANGED: "it changed while it was read",
    Damage.EMPTY_FILE: "it is empty",
    Damage.NO_WARC_FILE: "it begins with {found!r}",
    Damage.ZSTD_FILE: "it is compressed with zstd",
    Damage.ZSTD_CUT: "a zstd frame is cut or damaged; what follows it cannot be read",
    Damage.NOTHING_SOUND: "no record in it is sound",
    Damage.INFLATES_TOO_FAR: "it inflates to far more than archives do",
    Damage.OTHER_KIND: "it is a {found} file",
}
_FOLLOWS = {None: "", 0: "; no record follows", 1: "; a record may begin behind it"}


def damage_words(fault: Fault) -> str:
    """Damage in English."""
    return _WORDS[Damage(fault.code)].format(**dict(fault.values)) + _FOLLOWS[fault["follows"]]  # type: ignore[index]


def as_text(octets: bytes, limit: int = 80) -> str:
    """Octets as a value: decoded, cut at `limit`."""
    text = octets[:limit].decode("utf-8", "backslashreplace")
    return text if len(octets) <= limit else text + "..."
