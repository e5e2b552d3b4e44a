"""Checks a record's head: its version line and named fields, by the standard."""

from __future__ import annotations

import re

from archive.faults import Fault, as_text
from archive.warc.check.findings import WARC_1_0, WARC_1_1, Complaint, Departure
from archive.warc.check.rules import DRAFTS, FIELDS, VERSIONS, Field, judge_presence
from archive.warc.recordhead import HeadLines, block_length, split_field, unfold

_NAME = re.compile(rb"[!#$%&'*+\-.0-9A-Z^_`a-z|~]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
# Lines as nearly all writers write them, each with a value of its own: what matches is not checked further
_FLAWLESS = re.compile(
    rb"WARC-(?:(?:Record-ID|Concurrent-To|Warcinfo-ID): <urn:uuid:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}>"
    rb"|(?:Block|Payload)-Digest: sha\d+:[0-9A-Za-z]+"
    rb"|Date: [12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])"
    rb"T(?:[01]\d|2[0-3])(?::[0-5]\d){2}(?P<fraction>\.\d{1,9})?Z"
    rb"|Target-URI: https?://(?:[0-9A-Za-z\-._~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+)"
)
HTTP = b"application/http"
_IDENTICAL = b"/revisit/identical-payload-digest"
_KEPT_LINES = 4096
_MOST_COMPLAINTS = 50
_LOWER = {field.name.encode(): name for name, field in FIELDS.items()}

_Line = tuple[bytes, bytes, tuple[Complaint, ...]]


class Head:
    """The named fields of a record, names in lower case, the first value of each; and the complaints about them.

    `is_regular`: all its lines end with CR LF.
    """

    __slots__ = ("complaints", "concurrent", "fields", "is_regular", "length", "type", "version")

    def __init__(
        self,
        version: str,
        fields: dict[bytes, bytes],
        concurrent: tuple[bytes, ...],
        complaints: list[Complaint],
        *,
        is_regular: bool = True,
    ) -> None:
        self.is_regular = is_regular
        self.version, self.fields, self.concurrent, self.complaints = version, fields, concurrent, complaints
        self.type = fields.get(b"warc-type", b"").decode("latin-1").lower()
        # None where the block's length cannot be known
        self.length = block_length(fields.get(b"content-length", b""))

    def text(self, name: bytes) -> str | None:
        """A field's value, or None; what is not UTF-8 is replaced."""
        value = self.fields.get(name)
        return None if value is None else value.decode("utf-8", "replace")

    def bare(self, name: bytes) -> bytes | None:
        """A field's value without its angle brackets."""
        value = self.fields.get(name)
        return None if value is None else value.strip(b"<>")


class HeadReader:
    """Reads one head after another; a line that is repeated in later records is checked once.

    `version_line`: the first line of the last head.
    """

    def __init__(self, *, is_judging: bool = True) -> None:
        """Heads with complaints, or without any where it is not `is_judging`."""
        self._is_judging = is_judging
        self._lines: dict[bytes, _Line] = {}
        self._presence: dict[tuple[str, str, tuple[bytes, ...]], tuple[Complaint, ...]] = {}
        self.version_line, self._version = b"", ""
        self._about_version: tuple[Complaint, ...] = ()

    def read(self, found: HeadLines) -> Head:
        """The head in these lines, the first of which is a version line."""
        lines, _, is_regular, is_folded = found
        first = lines[0]
        if first != self.version_line:
            self.version_line, self._version = first, first.decode().upper()
            self._about_version = tuple(_judge_version(first))
            self._lines.clear()
        if not self._is_judging:
            return self._unjudged(unfold(lines)[0] if is_folded else lines, is_regular=is_regular)
        complaints: list[Complaint] = list(self._about_version)
        if not is_regular:
            complaints.append(Complaint("4", "breach", Fault.of(Departure.HEAD_LINE_END)))
        if is_folded:
            lines, stray = unfold(lines)
            complaints += [Complaint("4", "breach", Fault.of(Departure.WHITE_SPACE_FIRST))] * stray
        head = self._gather(lines, complaints, is_regular=is_regular)
        key = head.type, self._version, tuple(head.fields)
        presence = self._presence.get(key)
        if presence is None:
            if len(self._presence) > _KEPT_LINES:
                self._presence.clear()
            presence = self._presence[key] = judge_presence(head.type, frozenset(head.fields), _rules(self._version))
        if presence:
            complaints += presence
        return head

    def _unjudged(self, lines: list[bytes], *, is_regular: bool) -> Head:
        fields: dict[bytes, bytes] = {}
        concurrent: tuple[bytes, ...] = ()
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            name = name.lower() if colon else b""
            if name not in fields:
                fields[name] = value.strip(b" \t")
            if name == b"warc-concurrent-to":
                concurrent += (value.strip(b" \t").strip(b"<>"),)
        return Head(self._version, fields, concurrent, [], is_regular=is_regular)

    def _gather(self, lines: list[bytes], complaints: list[Complaint], *, is_regular: bool) -> Head:
        fields: dict[bytes, bytes] = {}
        concurrent: tuple[bytes, ...] = ()
        kept, knows_fractions = self._lines, self._version == WARC_1_1
        for line in lines[1:]:
            read = kept.get(line)
            if read is not None:
                name, value, found = read
            elif (match := _FLAWLESS.fullmatch(line)) and (knows_fractions or match["fraction"] is None):
                canonical, _, value = line.partition(b": ")
                name, found = _LOWER[canonical], ()
            else:
                name, value, found = self._line(line, self._version)
            if found and len(complaints) < _MOST_COMPLAINTS:
                complaints += found
            if name in fields:
                field = FIELDS.get(name)
                if field is not None and not field.repeatable and len(complaints) < _MOST_COMPLAINTS:
                    complaints.append(Complaint("5.1", "breach", Fault.of(Departure.REPEATED, field=field.name)))
            else:
                fields[name] = value
            if name == b"warc-concurrent-to":
                concurrent += (value.strip(b"<>"),)
        return Head(self._version, fields, concurrent, complaints, is_regular=is_regular)

    def _line(self, line: bytes, version: str) -> _Line:
        name, colon, value = split_field(line)
        lower = name.lower()
        field = FIELDS.get(lower)
        complaints = []
        if not colon:
            complaints.append(Complaint("4", "breach", Fault.of(Departure.NO_COLON, found=as_text(line))))
        elif not _NAME.fullmatch(name):
            complaints.append(Complaint("4", "breach", Fault.of(Departure.NO_FIELD_NAME, found=as_text(name))))
        if not line.isascii() or _CONTROL.search(line):
            complaints += _odd_octets(name, value)
        if field is not None:
            complaints += _judge(field, value, version)
        read = lower if colon else b"", value, tuple(complaints)
        if (field is None or not field.is_unique) and len(line) < 512:
            if len(self._lines) > _KEPT_LINES:
                self._lines.clear()
            self._lines[line] = read
        return read


def _rules(version: str) -> str:
    """The version by whose rules a record is checked: WARC 1.0 for drafts and unknown versions."""
    return version if version == WARC_1_1 else WARC_1_0


def _judge_version(line: bytes) -> list[Complaint]:
    version = line.decode().upper()
    complaints = []
    if version in DRAFTS:
        complaints.append(Complaint("4", "warning", Fault.of(Departure.DRAFT_VERSION, found=version)))
    elif version not in VERSIONS:
        complaints.append(Complaint("4", "breach", Fault.of(Departure.UNKNOWN_VERSION, found=version)))
    if not line.isupper():
        complaints.append(Complaint("4", "warning", Fault.of(Departure.VERSION_CASE, found=as_text(line))))
    return complaints


def _judge(field: Field, value: bytes, version: str) -> list[Complaint]:
    problem = field.check(value, _rules(version))
    if problem is None:
        return []
    severity, code = problem
    return [Complaint(field.clause, severity, Fault.of(code, field=field.name, found=as_text(value)))]


def _odd_octets(name: bytes, value: bytes) -> list[Complaint]:
    complaints = []
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        complaints.append(Complaint("4", "breach", Fault.of(Departure.NOT_UTF8, field=as_text(name))))
    if _CONTROL.search(value):
        complaints.append(Complaint("4", "breach", Fault.of(Departure.CONTROLS, field=as_text(name))))
    return complaints


def version_of(head: Head) -> str:
    """The version by whose rules a record is checked."""
    return WARC_1_1 if head.version == WARC_1_1 else WARC_1_0


def holds_http(head: Head) -> bool:
    """Whether Content-Type says that the block is an HTTP message."""
    return head.fields.get(b"content-type", b"")[: len(HTTP)].lower() == HTTP


def may_hold_http(head: Head) -> bool:
    """Whether the block may be an HTTP message: Content-Type says so, or is missing where there should be one."""
    is_exchange = head.type in ("response", "request", "revisit")
    return holds_http(head) or (is_exchange and not head.fields.get(b"content-type"))


def is_identical_payload(head: Head) -> bool:
    """Whether a revisit has the profile by which its payload is that of another record (6.7.2)."""
    return head.fields.get(b"warc-profile", b"").strip(b"<>").endswith(_IDENTICAL)
