"""Records of WARC 1.1 and what they are made from: an exchange on the wire; writes no file."""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import attrs
from isal import isal_zlib
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.clock import warc_date
from archive.warc.http import HttpMessage, parse_message

PROFILE_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
FIELDS = "application/warc-fields"
# Of isal's levels 0 to 3 the densest: about a tenth larger than zlib's 6, at six times its speed.
_LEVEL = 3
_GZIP_BITS = 31


def new_record_id() -> str:
    """A fresh WARC-Record-ID, without its angle brackets."""
    return f"urn:uuid:{uuid.uuid4()}"


def digest(octets: bytes) -> str:
    """The octets' digest as in WARC-Block-Digest: algorithm, colon, base 32."""
    return "sha256:" + base64.b32encode(hashlib.sha256(octets).digest()).decode()


@attrs.frozen(kw_only=True)
class Original:
    """The earlier capture that a revisit refers to."""

    record_id: str
    url: str
    captured_at: datetime


@attrs.frozen(kw_only=True)
class Exchange:
    """One request and what came back, as the bytes of the wire (below TLS decryption, chunk framing included)."""

    record_id: str
    url: str
    began_at: datetime
    request: bytes
    response: bytes
    ip_address: str | None = None
    protocols: tuple[str, ...] = ("http/1.1",)
    cipher_suite: str | None = None
    truncated: str | None = None  # length, time, disconnect (ISO 28500, 5.13)
    not_modified: Original | None = None  # what a 304 confirms
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """Bytes held in memory for it."""
        return len(self.request) + len(self.response)


@attrs.frozen(kw_only=True)
class BuiltRecord:
    """A serialised, compressed record and what the catalog says of it."""

    record_id: str
    type: str
    member: bytes
    payload_digest: str | None = None
    message: HttpMessage | None = None


def gzip_member(octets: bytes) -> bytes:
    """The octets as one gzip member (ISO 28500, annex D.2)."""
    compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP_BITS)
    return bytes(compressor.compress(octets)) + bytes(compressor.flush())


def serialise(headers: Sequence[tuple[str, str]], block: bytes) -> bytes:
    """A record as warcio writes it, compressed as one member. Content-Length and digests must be right already."""
    fields = StatusAndHeaders("", list(headers), protocol="WARC/1.1")
    values = dict(headers)
    record = ArcWarcRecord(
        "warc", values["WARC-Type"], fields, io.BytesIO(block), None, values.get("Content-Type"), len(block)
    )
    record.payload_length = len(block)
    out = io.BytesIO()
    WARCWriter(out, gzip=False, warc_version="1.1").write_record(record)
    return gzip_member(out.getvalue())


def _build(
    type_: str,
    record_id: str,
    began_at: datetime,
    block: bytes,
    content_type: str | None,
    fields: Sequence[tuple[str, str]] = (),
    payload_digest: str | None = None,
) -> bytes:
    headers = [
        ("WARC-Type", type_),
        ("WARC-Record-ID", f"<{record_id}>"),
        ("WARC-Date", warc_date(began_at)),
        *fields,
        ("WARC-Block-Digest", digest(block)),
    ]
    if payload_digest:
        headers.append(("WARC-Payload-Digest", payload_digest))
    if content_type:
        headers.append(("Content-Type", content_type))
    headers.append(("Content-Length", str(len(block))))
    return serialise(headers, block)


def warc_fields(fields: Sequence[tuple[str, str]]) -> bytes:
    """A block of application/warc-fields (ISO 28500, annex C); line breaks within values are folded to spaces."""
    return "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in fields).encode()


def build_warcinfo(filename: str, began_at: datetime, fields: Mapping[str, str], record_id: str) -> BuiltRecord:
    """The record that opens a file: who wrote it, with what, for whom (ISO 28500, 6.2)."""
    block = warc_fields(list(fields.items()))
    member = _build("warcinfo", record_id, began_at, block, FIELDS, [("WARC-Filename", filename)])
    return BuiltRecord(record_id=record_id, type="warcinfo", member=member)


def build_exchange(
    exchange: Exchange, warcinfo_id: str, new_id: Callable[[], str] = new_record_id
) -> list[BuiltRecord]:
    """The records of one exchange: response (or revisit), request, and metadata; the first is the capture."""
    message = parse_message(exchange.response)
    shared = [("WARC-Target-URI", exchange.url), ("WARC-Warcinfo-ID", f"<{warcinfo_id}>")]
    if exchange.ip_address:
        shared.append(("WARC-IP-Address", exchange.ip_address))
    wire = [("WARC-Protocol", protocol) for protocol in exchange.protocols]
    if exchange.cipher_suite:
        wire.append(("WARC-Cipher-Suite", exchange.cipher_suite))
    concurrent = [("WARC-Concurrent-To", f"<{exchange.record_id}>")]
    metadata = list(exchange.metadata)
    if exchange.not_modified and message and message.status == 304:
        capture = _build_not_modified(exchange, exchange.not_modified, shared + wire, message)
        head = exchange.response[: len(exchange.response) - len(message.body)]
        metadata.append(("http-response-head", base64.b64encode(head).decode()))
    else:
        capture = _build_response(exchange, shared + wire, message)
    request = parse_message(exchange.request)
    built = [
        capture,
        BuiltRecord(
            record_id=(request_id := new_id()),
            type="request",
            member=_build(
                "request",
                request_id,
                exchange.began_at,
                exchange.request,
                "application/http; msgtype=request",
                shared + wire + concurrent,
                digest(request.payload() if request else b""),
            ),
        ),
    ]
    if metadata:
        block = warc_fields(metadata)
        member = _build(
            "metadata", metadata_id := new_id(), exchange.began_at, block, FIELDS, shared + concurrent, digest(block)
        )
        built.append(BuiltRecord(record_id=metadata_id, type="metadata", member=member))
    return built


def _build_response(exchange: Exchange, fields: list[tuple[str, str]], message: HttpMessage | None) -> BuiltRecord:
    truncated = [("WARC-Truncated", exchange.truncated)] if exchange.truncated else []
    payload_digest = digest(message.payload()) if message else digest(b"")
    member = _build(
        "response",
        exchange.record_id,
        exchange.began_at,
        exchange.response,
        "application/http; msgtype=response",
        fields + truncated,
        payload_digest,
    )
    return BuiltRecord(
        record_id=exchange.record_id, type="response", member=member, payload_digest=payload_digest, message=message
    )


def _build_not_modified(
    exchange: Exchange, original: Original, fields: list[tuple[str, str]], message: HttpMessage
) -> BuiltRecord:
    # The block stays empty: pywb replays a block that begins with a 304 status line as a blank page. The head of the
    # answer is kept in the metadata record beside it.
    refers = [
        ("WARC-Profile", PROFILE_NOT_MODIFIED),
        ("WARC-Refers-To", f"<{original.record_id}>"),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", warc_date(original.captured_at)),
    ]
    member = _build("revisit", exchange.record_id, exchange.began_at, b"", None, fields + refers)
    return BuiltRecord(record_id=exchange.record_id, type="revisit", member=member, message=message)
