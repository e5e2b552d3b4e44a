"""What a check finds, as values: the departure from a standard, how severe it is, and the clause behind it."""

from __future__ import annotations

import enum
from typing import Literal

import attrs

from archive.faults import Fault
from archive.warc.chunks import ChunkFault
from archive.warc.httphead import HeadFault
from archive.warc.members import OddHeader

Severity = Literal["damage", "breach", "warning"]


class Departure(enum.StrEnum):
    """How a file or a record departs from its standard; the comment names the values. Octets found are text, cut."""

    # gzip headers
    HEADER_TIME = "header_time"
    HEADER_EXTRA_FLAGS = "header_extra_flags"
    HEADER_FLAGS_OR_SYSTEM = "header_flags_or_system"
    # the file
    NO_RECORD_AT_ALL = "no_record_at_all"
    EMPTY_LINES = "empty_lines"  # size, in bytes
    SHARED_MEMBERS = "shared_members"  # members that hold several records; spans: records that go on in the next member
    BLOCK_END = "block_end"
    # named fields and their values: field, and mostly found
    HEAD_LINE_END = "head_line_end"
    WHITE_SPACE_FIRST = "white_space_first"
    NO_COLON = "no_colon"  # found
    NO_FIELD_NAME = "no_field_name"  # found
    NOT_UTF8 = "not_utf8"
    CONTROLS = "controls"
    REPEATED = "repeated"
    MISSING = "missing"
    MISSING_OF_TYPE = "missing_of_type"  # type
    FORBIDDEN_OF_TYPE = "forbidden_of_type"  # type
    DRAFT_VERSION = "draft_version"  # found
    UNKNOWN_VERSION = "unknown_version"  # found
    VERSION_CASE = "version_case"  # found
    UNKNOWN_TYPE = "unknown_type"  # found
    NO_TOKEN = "no_token"
    NO_DIGITS = "no_digits"
    NO_MEDIA_TYPE = "no_media_type"
    NO_TIME = "no_time"
    NO_TIME_1_0 = "no_time_1_0"
    NO_CALENDAR_DAY = "no_calendar_day"
    LONG_FRACTION = "long_fraction"
    SMALL_T_OR_Z = "small_t_or_z"
    UNESCAPED_URI = "unescaped_uri"
    NO_URI = "no_uri"
    BRACKETED_URI = "bracketed_uri"
    UNKNOWN_PROFILE = "unknown_profile"
    NO_BRACKETS = "no_brackets"
    NO_IDENTIFIER = "no_identifier"
    NO_IP_ADDRESS = "no_ip_address"
    NO_DIGEST = "no_digest"
    UNKNOWN_REASON = "unknown_reason"
    EMPTY = "empty"
    # fields that are odd in a record of their type
    PROFILE_OUTSIDE_REVISIT = "profile_outside_revisit"
    DIGEST_OF_METADATA = "digest_of_metadata"
    SEGMENT_OF_TYPE = "segment_of_type"  # type
    NEEDLESS_IN_CONTINUATION = "needless_in_continuation"
    # digests: field and found
    UNKNOWN_ALGORITHM = "unknown_algorithm"
    IMPOSSIBLE_DIGEST = "impossible_digest"
    WRONG_DIGEST = "wrong_digest"
    DIGEST_OF_PAYLOAD = "digest_of_payload"
    DIGEST_OF_FRAMED = "digest_of_framed"
    DIGEST_OF_BLOCK = "digest_of_block"
    DIGEST_OF_DECODED = "digest_of_decoded"
    UNDEFINED_PAYLOAD = "undefined_payload"  # type
    # blocks
    NO_CONTENT_TYPE = "no_content_type"
    HTTP_HEAD = "http_head"  # departure: a HeadFault's name
    HTTP_CHUNKS = "http_chunks"  # departure: a ChunkFault's name
    DNS_TYPE = "dns_type"
    WARCINFO_TYPE = "warcinfo_type"
    EXCHANGE_TYPE = "exchange_type"  # type
    OTHER_MSGTYPE = "other_msgtype"  # type; found
    NO_STATUS_LINE = "no_status_line"
    NO_HEAD_END = "no_head_end"
    NOT_CHUNKED = "not_chunked"
    CHUNKS_CUT = "chunks_cut"
    BODY_CUT = "body_cut"  # expected and found, in bytes
    NO_PAYLOAD_DIGEST = "no_payload_digest"
    NO_TRUNCATED = "no_truncated"
    SEGMENT_NUMBER_LOW = "segment_number_low"  # found
    SEGMENT_NUMBER_HIGH = "segment_number_high"  # found
    NO_WARC_FIELD = "no_warc_field"  # line
    WARC_FIELDS_LINE_END = "warc_fields_line_end"
    WARC_FIELDS_CUT = "warc_fields_cut"
    # records that refer to one another
    SAME_ID_COPY = "same_id_copy"
    SAME_ID_OTHER = "same_id_other"
    REFERS_TO_ABSENT = "refers_to_absent"  # field, found
    REFERS_TO_ABSENT_ID = "refers_to_absent_id"  # field, found
    REFERS_TO_ABSENT_ADDRESS = "refers_to_absent_address"  # field, found, date
    REVISIT_OF_OTHER = "revisit_of_other"
    REVISIT_OF_NOTHING = "revisit_of_nothing"
    # segments
    SAME_SEGMENT = "same_segment"  # number
    SEGMENTS_ABSENT = "segments_absent"  # numbers, with commas between
    LAST_SEGMENT_ABSENT = "last_segment_absent"
    SEGMENTS_LENGTH = "segments_length"  # expected and found, in bytes
    TOTAL_TOO_EARLY = "total_too_early"
    SEGMENT_ADDRESS = "segment_address"
    SEGMENTS_UNREADABLE = "segments_unreadable"
    # indexes: line, where there is one
    INDEX_LINE = "index_line"
    INDEX_NO_FILENAME = "index_no_filename"
    INDEX_JSON = "index_json"  # found: what the library says
    INDEX_NUMBER = "index_number"  # field, found
    INDEX_UNSORTED = "index_unsorted"
    INDEX_DIFFERS = "index_differs"  # field, found, expected; offset of the record in its file
    INDEX_LACKS = "index_lacks"  # url; offset, file
    INDEX_NO_RECORD = "index_no_record"  # offset, file
    INDEX_FILE_ABSENT = "index_file_absent"  # file
    # ARC files
    ARC_LINE = "arc_line"  # found
    ARC_NO_LINE_END = "arc_no_line_end"
    ARC_CUT = "arc_cut"  # expected and found, in bytes
    ARC_LENGTH = "arc_length"  # found: the octets behind the document
    ARC_NO_VERSION_BLOCK = "arc_no_version_block"
    ARC_ADDRESS = "arc_address"  # found
    ARC_ADDRESS_SPACE = "arc_address_space"  # found
    ARC_TIME = "arc_time"  # found
    ARC_IP_ADDRESS = "arc_ip_address"  # found
    ARC_FIELDS = "arc_fields"  # expected: how many
    ARC_VERSION_LINE = "arc_version_line"  # found
    ARC_FIELD_NAMES = "arc_field_names"
    ARC_LINE_ENDS = "arc_line_ends"  # found: how many
    ARC_END_CUT = "arc_end_cut"
    # WACZ files: name of the file within
    ZIP_UNREADABLE = "zip_unreadable"  # found: what the library says
    ZIP_SAME_NAMES = "zip_same_names"
    ZIP_ENTRY_UNREADABLE = "zip_entry_unreadable"  # name; found, likewise
    ENTRY_UNREADABLE = "entry_unreadable"
    ENTRY_MISSING = "entry_missing"
    ENTRY_NO_JSON = "entry_no_json"  # found, likewise
    ENTRY_NO_OBJECT = "entry_no_object"
    PROFILE = "profile"  # found
    NO_WACZ_VERSION = "no_wacz_version"
    NO_RESOURCES = "no_resources"
    RESOURCE_NO_PATH = "resource_no_path"
    RESOURCE_UNLISTED = "resource_unlisted"
    RESOURCE_ABSENT = "resource_absent"
    RESOURCE_NO_SIZE = "resource_no_size"
    RESOURCE_SIZE = "resource_size"  # expected and found, in bytes
    RESOURCE_NO_HASH = "resource_no_hash"
    RESOURCE_UNKNOWN_HASH = "resource_unknown_hash"  # found
    RESOURCE_HASH = "resource_hash"  # expected, found
    NO_DIGEST_OF_MANIFEST = "no_digest_of_manifest"
    PAGE_NO_JSON = "page_no_json"  # line; found, likewise
    PAGE_NO_OBJECT = "page_no_object"  # line
    PAGE_NO_URL = "page_no_url"  # line
    PAGE_NO_TIME = "page_no_time"  # line
    NO_INDEX = "no_index"
    NO_ARCHIVE = "no_archive"
    ARCHIVE_COMPRESSED = "archive_compressed"
    ARCHIVE_SUFFIX = "archive_suffix"
    INDEX_BLOCK = "index_block"  # line
    ZIP_UNSAFE_NAME = "zip_unsafe_name"
    ZIP_BOMB = "zip_bomb"  # size it claims and found, of its compressed bytes
    ZIP_OVERLAP = "zip_overlap"  # likewise
    # signatures of WACZ files
    SIGNATURE_FORM = "signature_form"  # found: what is wrong
    SIGNATURE_HASH = "signature_hash"  # expected: the hash that was signed; found: that of the manifest
    SIGNATURE_TIME = "signature_time"  # expected: the time in the signature; found: that in the manifest
    SIGNATURE_WRONG = "signature_wrong"
    SIGNATURE_DOMAIN = "signature_domain"  # expected; found: the names in the certificate
    SIGNATURE_CHAIN = "signature_chain"
    SIGNATURE_UNTRUSTED = "signature_untrusted"  # found: the domain


# The rule of a gzip header that is not as it should be
HEADER = "RFC 1952, 2.3.1"
ODD_HEADERS: dict[OddHeader, tuple[Severity, Fault]] = {
    OddHeader.TIME: ("damage", Fault.of(Departure.HEADER_TIME)),
    OddHeader.EXTRA_FLAGS: ("damage", Fault.of(Departure.HEADER_EXTRA_FLAGS)),
    OddHeader.LEVEL: ("warning", Fault.of(Departure.HEADER_EXTRA_FLAGS)),
    OddHeader.FLAGS_OR_SYSTEM: ("damage", Fault.of(Departure.HEADER_FLAGS_OR_SYSTEM)),
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

    `offset` is in bytes from the file's beginning: of the record, or of the gzip member that holds it. `was_imported`:
    the file had this fault when it was imported, and is unchanged.
    """

    file: str
    offset: int | None
    record_id: str | None
    rule: str
    severity: Severity
    fault: Fault
    was_imported: bool = False


@attrs.frozen
class Complaint:
    """Something wrong with a record, before its place in a file is known.

    `clause`: its number in ISO 28500:2017. `is_habit`: a writer or server does it in all its records, and so it is
    reported once a file.
    """

    clause: str
    severity: Severity
    fault: Fault
    is_habit: bool = False


def http_departure(found: HeadFault | ChunkFault) -> Fault:
    """A departure of an HTTP message from the grammar of RFC 9112."""
    code = Departure.HTTP_HEAD if isinstance(found, HeadFault) else Departure.HTTP_CHUNKS
    return Fault.of(code, departure=found.name.lower())


def clause(number: str, version: str = WARC_1_1) -> str:
    """The clause of the edition that holds for a record of that version; `number` is that of ISO 28500:2017."""
    if version == WARC_1_1:
        return f"ISO 28500:2017, {number}"
    return f"ISO 28500:2009, {_IN_2009.get(number, number)}"
