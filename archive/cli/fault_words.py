"""The English words of faults: what is wrong with records, files, collections and rebuilt catalogs."""

from __future__ import annotations

import enum

from archive.checking.verification import Disagreement
from archive.errors.export import SET_DAMAGE_WORDS
from archive.faults import Damage, Fault, damage_words
from archive.rebuild.account import Omission
from archive.warc.check.findings import Departure
from archive.warc.chunks import ChunkFault
from archive.warc.httphead import HeadFault
from archive.warc.repair.salvage import KeepReason

_HTTP_HEAD = {
    HeadFault.LINE_ENDS_BEFORE: "line ends stand before the start line (RFC 9112, 2.2)",
    HeadFault.START_LINE: "the start line is not as the grammar has it (RFC 9112, 3 and 4)",
    HeadFault.BARE_LINE_FEED: "a line ends with LF alone (RFC 9112, 2.2)",
    HeadFault.NO_COLON: "a line has no colon (RFC 9112, 5)",
    HeadFault.NAME: "the name of a field is no token (RFC 9112, 5.1)",
    HeadFault.FOLDED: "a field is folded over several lines (RFC 9112, 5.2)",
    HeadFault.CONTROL: "control characters stand in a field (RFC 9110, 5.5)",
    HeadFault.LENGTH: "Content-Length is not one number (RFC 9112, 6.3)",
    HeadFault.LENGTH_AND_CODING: "Content-Length stands beside Transfer-Encoding (RFC 9112, 6.2)",
    HeadFault.CUT: "no empty line ends it (RFC 9112, 2.1)",
}
_HTTP_CHUNKS = {
    ChunkFault.EMPTY_LINE: "an empty line stands before the size of a chunk (RFC 9112, 7.1)",
    ChunkFault.NO_LINE_END: "no line end stands behind a chunk (RFC 9112, 7.1)",
    ChunkFault.BARE_LINE_FEED: "a line of the chunk framing ends with LF alone (RFC 9112, 7.1)",
    ChunkFault.WHITE_SPACE: "white space stands around the size of a chunk (RFC 9112, 7.1)",
    ChunkFault.NO_SIZE: "the chunk framing breaks where the size of a chunk should stand (RFC 9112, 7.1)",
    ChunkFault.BEHIND_END: "octets follow the end of the chunked body (RFC 9112, 7.1)",
}
_OF_HTTP: dict[enum.StrEnum, dict[str, str]] = {
    Departure.HTTP_HEAD: {fault.name.lower(): words for fault, words in _HTTP_HEAD.items()},
    Departure.HTTP_CHUNKS: {fault.name.lower(): words for fault, words in _HTTP_CHUNKS.items()},
}

_DEPARTURES: dict[enum.StrEnum, str] = {
    Departure.HEADER_TIME: "its gzip header has a time, where all headers around it have none",
    Departure.HEADER_EXTRA_FLAGS: "the extra flags of its gzip header differ from all headers around it",
    Departure.HEADER_FLAGS_OR_SYSTEM: "flags or system of its gzip header differ from all headers around it",
    Departure.NO_RECORD_AT_ALL: "the file holds no record that can be read",
    Departure.EMPTY_LINES: "{size} bytes of empty lines where a record should begin",
    Departure.SHARED_MEMBERS: (
        "records cannot be read by their offsets (gzip members with several records: {members}, records that go on in "
        "the next member: {spans}); 'baotinh repair' writes a copy with one member a record"
    ),
    Departure.BLOCK_END: "its block is not followed by two CR LF",
    Departure.HEAD_LINE_END: "lines of the head do not end with CR LF",
    Departure.WHITE_SPACE_FIRST: "white space stands before the first field",
    Departure.NO_COLON: "a line of the head has no colon: {found!r}",
    Departure.NO_FIELD_NAME: "{found!r} is no name of a field",
    Departure.NOT_UTF8: "{field}: its value is not UTF-8",
    Departure.CONTROLS: "{field}: control characters in its value",
    Departure.REPEATED: "{field} is repeated",
    Departure.MISSING: "{field} is missing: all records shall have it",
    Departure.MISSING_OF_TYPE: "{field} is missing: a {type} record shall have it",
    Departure.FORBIDDEN_OF_TYPE: "{field} shall not stand in a {type} record",
    Departure.DRAFT_VERSION: "{found} is a draft from before the standard; it is checked by the rules of WARC/1.0",
    Departure.UNKNOWN_VERSION: "{found} is no version of the standard",
    Departure.VERSION_CASE: "the version is {found!r}, not in capitals",
    Departure.UNKNOWN_TYPE: "{found!r} is no type of the standard: the block of such a record is not checked",
    Departure.NO_TOKEN: "{field}: {found!r} is no token",
    Departure.NO_DIGITS: "{field}: {found!r} is no number in digits",
    Departure.NO_MEDIA_TYPE: "{field}: {found!r} is no media type",
    Departure.NO_TIME: "{field}: {found!r} is not a UTC time of W3CDTF",
    Departure.NO_TIME_1_0: "{field}: {found!r} is not YYYY-MM-DDThh:mm:ssZ",
    Departure.NO_CALENDAR_DAY: "{field}: {found!r} is no day of the calendar",
    Departure.LONG_FRACTION: "{field}: {found!r} has more than nine fractional digits",
    Departure.SMALL_T_OR_Z: "{field}: {found!r} has a small t or z; the standard writes capitals",
    Departure.UNESCAPED_URI: "{field}: {found!r} has characters that RFC 3986 wants escaped",
    Departure.NO_URI: "{field}: {found!r} is no URI (RFC 3986)",
    Departure.BRACKETED_URI: "{field}: {found!r} stands in angle brackets",
    Departure.UNKNOWN_PROFILE: "{field}: {found!r} is no profile of the standard: the meaning of the block is unknown",
    Departure.NO_BRACKETS: "{field}: {found!r} stands without angle brackets",
    Departure.NO_IDENTIFIER: "{field}: {found!r} is no URI (RFC 3986) in angle brackets",
    Departure.NO_IP_ADDRESS: "{field}: {found!r} is neither a dotted quad nor an IPv6 address",
    Departure.NO_DIGEST: "{field}: {found!r} is not algorithm:digest",
    Departure.UNKNOWN_REASON: "{field}: {found!r} is no reason of the standard",
    Departure.EMPTY: "{field}: it is empty",
    Departure.PROFILE_OUTSIDE_REVISIT: "WARC-Profile has no meaning outside a revisit record",
    Departure.DIGEST_OF_METADATA: "a metadata record has no payload, and so no WARC-Payload-Digest",
    Departure.SEGMENT_OF_TYPE: "segmentation of {type} records is not recommended",
    Departure.NEEDLESS_IN_CONTINUATION: "{field}: segments other than the first should have only the fields they need",
    Departure.UNKNOWN_ALGORITHM: "{field} names {found}, an unknown algorithm: it is not checked",
    Departure.IMPOSSIBLE_DIGEST: "{field} says {found}, which is no digest of that algorithm in any encoding",
    Departure.WRONG_DIGEST: "{field} says {found}, the bytes give another",
    Departure.DIGEST_OF_PAYLOAD: "{field} is that of the payload, without the head of the block",
    Departure.DIGEST_OF_FRAMED: "{field} covers the chunk framing, which is no part of the payload",
    Departure.DIGEST_OF_BLOCK: "{field} is that of the whole block, whose head is no part of the payload",
    Departure.DIGEST_OF_DECODED: "{field} is that of the decoded body; the payload has its content coding",
    Departure.UNDEFINED_PAYLOAD: "the standard defines no payload of a {type} record without an HTTP message",
    Departure.NO_CONTENT_TYPE: "Content-Type is missing: a record with a block should have it",
    Departure.HTTP_HEAD: "the HTTP head: {departure}",
    Departure.HTTP_CHUNKS: "{departure}",
    Departure.DNS_TYPE: "a resource record of a dns: address shall be of type text/dns",
    Departure.WARCINFO_TYPE: "Content-Type: application/warc-fields is recommended for warcinfo",
    Departure.EXCHANGE_TYPE: "Content-Type of an HTTP {type} should be application/http;msgtype={type}",
    Departure.OTHER_MSGTYPE: "a {type} record says msgtype={found}",
    Departure.NO_STATUS_LINE: "its block does not begin with a status line",
    Departure.NO_HEAD_END: "no empty line ends the head of its HTTP response",
    Departure.NOT_CHUNKED: "Transfer-Encoding says chunked, but the body is not",
    Departure.CHUNKS_CUT: "the chunked body breaks off before its last chunk",
    Departure.BODY_CUT: "the body has {found} bytes of {expected}, and WARC-Truncated does not say why",
    Departure.NO_PAYLOAD_DIGEST: "WARC-Payload-Digest is missing: this profile demands it",
    Departure.NO_TRUNCATED: (
        "the body is left out, which WARC-Truncated: length shall say; readers know it from the profile"
    ),
    Departure.SEGMENT_NUMBER_LOW: "WARC-Segment-Number is {found} in a continuation record",
    Departure.SEGMENT_NUMBER_HIGH: "WARC-Segment-Number is {found}; only continuation records come after 1",
    Departure.NO_WARC_FIELD: "line {line} of the block is no field of application/warc-fields",
    Departure.WARC_FIELDS_LINE_END: "lines of application/warc-fields do not end with CR LF",
    Departure.WARC_FIELDS_CUT: "the last line of application/warc-fields has no line end",
    Departure.SAME_ID_COPY: "another record has the same WARC-Record-ID, and is the same to the last byte",
    Departure.SAME_ID_OTHER: "another record has the same WARC-Record-ID, and is not the same",
    Departure.REFERS_TO_ABSENT: "{field} names {found}, a record that is not here",
    Departure.REFERS_TO_ABSENT_ID: (
        "{field} names {found}, a record that is not here; one of the address and date that it names is"
    ),
    Departure.REFERS_TO_ABSENT_ADDRESS: "{field} names {found} of {date}, of which no record is here",
    Departure.REVISIT_OF_OTHER: (
        "its WARC-Payload-Digest is not that of the record that it refers to: its payload is not there"
    ),
    Departure.REVISIT_OF_NOTHING: (
        "its WARC-Payload-Digest is that of an empty payload: the writer computed it after it left out the body"
    ),
    Departure.SAME_SEGMENT: "another record is segment {number} of the same record too",
    Departure.SEGMENTS_ABSENT: "segments {numbers} of a segmented record are not here",
    Departure.LAST_SEGMENT_ABSENT: (
        "the last segment of a segmented record, with WARC-Segment-Total-Length, is not here"
    ),
    Departure.SEGMENTS_LENGTH: "its segments have {found} bytes together, not {expected}",
    Departure.TOTAL_TOO_EARLY: "WARC-Segment-Total-Length stands in a segment that is not the last",
    Departure.SEGMENT_ADDRESS: "WARC-Target-URI is not that of the other segments of the same record",
    Departure.SEGMENTS_UNREADABLE: "its segments cannot be read again to check WARC-Payload-Digest",
    Departure.INDEX_LINE: "line {line}: not a key, a time and a JSON object",
    Departure.INDEX_NO_FILENAME: "line {line}: no filename",
    Departure.INDEX_JSON: "line {line}: its JSON cannot be read: {found}",
    Departure.INDEX_NUMBER: "line {line}: {field} is {found!r}, not a number of bytes",
    Departure.INDEX_UNSORTED: "line {line}: the lines are not sorted from here on",
    Departure.INDEX_DIFFERS: ("line {line}: {field} is {found}, in the record at byte {offset} of {file} {expected}"),
    Departure.INDEX_LACKS: "the capture of {url} at byte {offset} of {file} is missing",
    Departure.INDEX_NO_RECORD: "line {line}: no record of {file} begins at byte {offset}",
    Departure.INDEX_FILE_ABSENT: "{file} is not here: its lines cannot be checked",
    Departure.ARC_LINE: "expected the line of a document, found {found!r}",
    Departure.ARC_NO_LINE_END: "expected the line of a document, found no line end",
    Departure.ARC_CUT: "a document of {expected} bytes is cut: {found} are there",
    Departure.ARC_LENGTH: "expected a line end behind the document, found {found!r}: its length is wrong",
    Departure.ARC_NO_VERSION_BLOCK: "the file does not begin with a version block, filedesc://",
    Departure.ARC_ADDRESS: "{found!r} is no address",
    Departure.ARC_ADDRESS_SPACE: "white space in the address {found!r}",
    Departure.ARC_TIME: "{found!r} is no time of 14 digits",
    Departure.ARC_IP_ADDRESS: "{found!r} is no IP address",
    Departure.ARC_FIELDS: "its line does not have the {expected} fields that the version block names",
    Departure.ARC_VERSION_LINE: "{found!r} is no version line",
    Departure.ARC_FIELD_NAMES: "the version block does not name the fields of a document's line",
    Departure.ARC_LINE_ENDS: "{found} line ends stand behind the document, not one",
    Departure.ARC_END_CUT: "the file ends before the line end behind the document",
    Departure.ZIP_UNREADABLE: "the ZIP cannot be read: {found}",
    Departure.ZIP_SAME_NAMES: "two files within the ZIP have one name",
    Departure.ZIP_ENTRY_UNREADABLE: "{name} cannot be read whole: {found}",
    Departure.ENTRY_UNREADABLE: "{name} cannot be read",
    Departure.ENTRY_MISSING: "{name} is missing",
    Departure.ENTRY_NO_JSON: "{name} is no JSON: {found}",
    Departure.ENTRY_NO_OBJECT: "{name} is no JSON object",
    Departure.PROFILE: "profile is {found!r}, not data-package",
    Departure.NO_WACZ_VERSION: "wacz_version is missing",
    Departure.NO_RESOURCES: "resources is no list",
    Departure.RESOURCE_NO_PATH: "a resource has no path",
    Departure.RESOURCE_UNLISTED: "{name} is not listed among the resources",
    Departure.RESOURCE_ABSENT: "{name} is listed and is not in the ZIP",
    Departure.RESOURCE_NO_SIZE: "{name}: its number of bytes is missing",
    Departure.RESOURCE_SIZE: "{name} has {found} bytes, not {expected}",
    Departure.RESOURCE_NO_HASH: "{name}: its hash is missing",
    Departure.RESOURCE_UNKNOWN_HASH: "{name}: its hash names {found}, an unknown algorithm: it is not checked",
    Departure.RESOURCE_HASH: "{name}: its hash is {expected}, the bytes give {found}",
    Departure.NO_DIGEST_OF_MANIFEST: "path and hash of datapackage.json are missing",
    Departure.PAGE_NO_JSON: "{name}, line {line}: no JSON: {found}",
    Departure.PAGE_NO_OBJECT: "{name}, line {line}: no JSON object",
    Departure.PAGE_NO_URL: "{name}, line {line}: url is missing",
    Departure.PAGE_NO_TIME: "{name}, line {line}: ts is missing or no time of RFC 3339",
    Departure.NO_INDEX: "there is no index in indexes/",
    Departure.NO_ARCHIVE: "there is no WARC file in archive/",
    Departure.ARCHIVE_COMPRESSED: "{name} is compressed within the ZIP and cannot be read in place",
    Departure.ARCHIVE_SUFFIX: "{name} does not end with .warc or .warc.gz",
    Departure.INDEX_BLOCK: "{name}, line {line}: the block is not at the place that it names",
    Departure.ZIP_UNSAFE_NAME: "{name!r} is no safe name: a file unpacked by it could land in another folder",
    Departure.ZIP_BOMB: "{name} would inflate from {found} to {size} bytes, as no text does; it is not read",
    Departure.ZIP_OVERLAP: "{name} shares its {found} bytes with other files of the ZIP; it is not read",
    Departure.SIGNATURE_FORM: "the signature cannot be checked: {found}",
    Departure.SIGNATURE_HASH: "signed was the hash {expected}, that of datapackage.json is {found}",
    Departure.SIGNATURE_TIME: "the signature says created {expected}, datapackage.json says {found}",
    Departure.SIGNATURE_WRONG: "the signature is not one by its public key: file or signature was changed",
    Departure.SIGNATURE_DOMAIN: "signed in the name of {expected}, with a certificate for {found}",
    Departure.SIGNATURE_CHAIN: "the certificates of the signature do not follow from one another",
    Departure.SIGNATURE_UNTRUSTED: (
        "signed in the name of {found}: whether its certificate and time stamp are to be trusted was not checked"
    ),
}
_DISAGREEMENTS: dict[enum.StrEnum, str] = {
    Disagreement.UNREADABLE: "it cannot be read: {found}",
    Disagreement.MORE_FINDINGS: "{count:,} more findings of this severity are not listed",
    Disagreement.CHECKSUM: (
        "its checksum is not that of the catalog: bits changed that the check of the records does not cover"
    ),
    Disagreement.SHORTER: "it has {found} bytes of the {expected} that the catalog says",
    Disagreement.LONGER: "{size} bytes stand behind the {expected} that the catalog says",
    Disagreement.UNFINISHED_FILE: "an unfinished file that the catalog does not know: nothing of it was committed",
    Disagreement.UNKNOWN_FILE: "the catalog does not know this file: its captures cannot be found",
    Disagreement.FORMER_FILE: "its records were moved to {found}; the next 'baotinh compact' removes it",
    Disagreement.NO_CDXJ: "there is no CDXJ file of this WARC file",
    Disagreement.CAPTURE_UNLISTED: "the capture of {url} is not in the catalog",
    Disagreement.CAPTURE_ABSENT: "the capture of {url} is not where the catalog says",
    Disagreement.CAPTURE_DIFFERS: "{field}: the catalog says {expected}, the record {found}",
    Disagreement.ARTICLE_UNREADABLE: "{article}: its line cannot be read: {found}",
    Disagreement.ARTICLE_SCHEMA: "{article}: its line does not fit the schema: {found}",
    Disagreement.ARTICLE_NO_RECORD: "{article}: its record is not in the catalog",
    Disagreement.PICTURE_NO_RECORD: "{article}: the record of its picture {picture} is not in the catalog",
    Disagreement.READING_DIFFERS: "{article}: {field} is {found} in a later reading's line, {expected} in the catalog",
    Disagreement.ARTICLE_DIFFERS: "{article}: {field} is {found} in the article, {expected} in its record",
    Disagreement.LINES_ABSENT: "the JSON lines of this run are not there",
    Disagreement.LINE_ABSENT: "line {line} is missing",
    Disagreement.LINE_DIFFERS: "line {line} differs from what was released",
    Disagreement.LINES_BEHIND: "line {line} names a former WARC file; 'baotinh compact' or 'rebuild' writes it anew",
    Disagreement.LINES_LEFT_OVER: "lines stand behind line {line}, the last that was released",
}
_OMISSIONS: dict[enum.StrEnum, str] = {
    Omission.NO_ARTICLE: "it is no article: {found}",
    Omission.OTHER_HASH: "{article}: its content_hash is of another text",
    Omission.NO_RECORD_NAMED: "{article}: it names no record",
    Omission.RECORD_ABSENT: "{article}: its record {found} is in no WARC file",
    Omission.VERSION_ABSENT: "{article}: the version {found} that was read again is in no line",
}
_WORDS: dict[enum.StrEnum, str] = {**_DEPARTURES, **_DISAGREEMENTS, **_OMISSIONS, **SET_DAMAGE_WORDS}
_KEEP_REASONS = {
    KeepReason.BLOCK_DIGEST: "its block has the digest that WARC-Block-Digest says",
    KeepReason.BLOCK_LENGTH: "its block is as long as Content-Length says, and nothing contradicts it",
    KeepReason.MEMBER_CHECKSUM: "the checksum of its gzip member is right, and so it did not change",
    KeepReason.REWRITTEN: "the copy has CR LF there",
}


def fault_words(fault: Fault) -> str:
    """A fault in English."""
    if isinstance(fault.code, Damage):
        return damage_words(fault)
    values = dict(fault.values)
    if fault.code in _OF_HTTP:
        values["departure"] = _OF_HTTP[fault.code][str(values["departure"])]
    if values.get("picture") and fault.code is Disagreement.ARTICLE_DIFFERS:
        values["article"] = f"{values['article']}, picture {values['picture']}"
    words = _WORDS[fault.code].format(**values)
    return f"{words}: the {values['segments']} segments together" if "segments" in values else words


def keep_reason_words(reason: KeepReason) -> str:
    """In English why a record is kept although something is wrong."""
    return _KEEP_REASONS[reason]
