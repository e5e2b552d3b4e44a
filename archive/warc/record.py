"""Builds the records of WARC 1.1 from an exchange on the wire."""

from __future__ import annotations

import base64
import os
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import attrs

from archive.clock import warc_date
from archive.warc.digests import digest
from archive.warc.exchange import Exchange, Original, Resource
from archive.warc.http import HttpMessage, parse_message, split_interim, transfer_coding
from archive.warc.members import gzip_member
from archive.warc.recordhead import warc_fields

PROFILE_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
PROFILE_IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
FIELDS = "application/warc-fields"
RESPONSE = "application/http; msgtype=response"
REQUEST = "application/http; msgtype=request"
# sha1 is there for tools that know no other.
ALGORITHMS = ("sha256", "sha1")


class _RandomUuids:
    """Random UUIDs (RFC 9562, 5.4) for any thread, 256 of them from one call of the system."""

    def __init__(self) -> None:
        self._forget()
        os.register_at_fork(after_in_child=self._forget)  # otherwise the child would return the same ones as its parent

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._octets = b""

    def __call__(self) -> uuid.UUID:
        with self._lock:
            if not self._octets:
                self._octets = os.urandom(16 * 256)
            one, self._octets = self._octets[:16], self._octets[16:]
        return uuid.UUID(bytes=one, version=4)


_random_uuid = _RandomUuids()


def new_record_id() -> str:
    """A fresh WARC-Record-ID, without its angle brackets."""
    return f"urn:uuid:{_random_uuid()}"


# The capture that has this payload digest, or None.
FindOriginal = Callable[[str], Original | None]


@attrs.frozen(kw_only=True)
class BuiltRecord:
    """A serialised, compressed record, with its values for the catalog. `refers_to`: the original of a revisit."""

    record_id: str
    type: str
    member: bytes
    payload_digest: str | None = None
    message: HttpMessage | None = None
    refers_to: str | None = None


def serialise(headers: Sequence[tuple[str, str]], block: bytes) -> bytes:
    """A record as one gzip member: fields as warcio writes them, then the block.

    warcio's own writer would leave out the block of a revisit.
    """
    # imported with the first record: it loads fsspec, a twentieth of a second for every command that writes none
    from warcio.statusandheaders import StatusAndHeaders

    fields: bytes = StatusAndHeaders("", list(headers), protocol="WARC/1.1").to_bytes(encoding="utf-8")
    return gzip_member(fields, block)


@attrs.frozen
class RecordBuilder:
    """Builds the records of one file, with digests of one algorithm; for one thread."""

    warcinfo_id: str
    algorithm: str = "sha256"
    new_id: Callable[[], str] = new_record_id

    def warcinfo(self, filename: str, began_at: datetime, fields: Mapping[str, str]) -> BuiltRecord:
        """The first record of the file, with the software and its settings (ISO 28500, 6.2)."""
        block = warc_fields(list(fields.items()))
        member = self._build(
            "warcinfo", self.warcinfo_id, warc_date(began_at), block, FIELDS, [("WARC-Filename", filename)]
        )
        return BuiltRecord(record_id=self.warcinfo_id, type="warcinfo", member=member)

    def exchange(self, exchange: Exchange, find_original: FindOriginal = lambda digest: None) -> list[BuiltRecord]:
        """The records of one exchange: response (or revisit), request, and metadata; the first is the capture."""
        exchange = _with_interim_aside(exchange)
        date = warc_date(exchange.began_at)
        shared = [("WARC-Target-URI", exchange.url), ("WARC-Warcinfo-ID", f"<{self.warcinfo_id}>")]
        if exchange.ip_address:
            shared.append(("WARC-IP-Address", exchange.ip_address))
        wire = [("WARC-Protocol", protocol) for protocol in exchange.protocols]
        if exchange.cipher_suite:
            wire.append(("WARC-Cipher-Suite", exchange.cipher_suite))
        concurrent = [("WARC-Concurrent-To", f"<{exchange.record_id}>")]
        message = parse_message(exchange.response)
        metadata = exchange.metadata
        if exchange.not_modified and message and message.status == 304:
            capture, has_head = self._not_modified(exchange, exchange.not_modified, date, shared + wire, message), False
        else:
            capture, has_head = self._response(exchange, date, shared + wire, message, find_original)
        if message and not has_head:
            metadata += (("http-response-head", _base64(message.head.octets)),)
        sent = parse_message(exchange.request)
        built = [
            capture,
            BuiltRecord(
                record_id=(request_id := self.new_id()),
                type="request",
                member=self._build(
                    "request", request_id, date, exchange.request, REQUEST, shared + wire + concurrent,
                    self._digest(sent.payload() if sent else b""),
                ),
            ),
        ]  # fmt: skip
        if metadata:
            member = self._build(
                "metadata", metadata_id := self.new_id(), date, warc_fields(metadata), FIELDS, shared + concurrent
            )
            built.append(BuiltRecord(record_id=metadata_id, type="metadata", member=member))
        return built

    def resource(self, resource: Resource) -> BuiltRecord:
        """The record of a resource; its payload is its block."""
        payload_digest = self._digest(resource.block)
        fields = [
            ("WARC-Target-URI", resource.url),
            ("WARC-Warcinfo-ID", f"<{self.warcinfo_id}>"),
            ("WARC-Concurrent-To", f"<{resource.concurrent_to}>"),
        ]
        member = self._build(
            "resource", resource.record_id, warc_date(resource.began_at), resource.block, resource.mime, fields,
            payload_digest,
        )  # fmt: skip
        return BuiltRecord(record_id=resource.record_id, type="resource", member=member, payload_digest=payload_digest)

    def _response(
        self,
        exchange: Exchange,
        date: str,
        fields: list[tuple[str, str]],
        message: HttpMessage | None,
        find_original: FindOriginal,
    ) -> tuple[BuiltRecord, bool]:
        """The record, and whether it holds the head of the answer."""
        payload = message.payload() if message else b""
        payload_digest = self._digest(payload)
        if payload and message and message.status == 200 and not exchange.truncated:
            original = find_original(payload_digest)
            if original is not None:
                has_head = original.transfer_coding == transfer_coding(message)
                head = message.head.octets if has_head else b""
                return self._identical(exchange, original, date, fields, message, payload_digest, head), has_head
        truncated = [("WARC-Truncated", exchange.truncated)] if exchange.truncated else []
        member = self._build(
            "response", exchange.record_id, date, exchange.response, RESPONSE, fields + truncated, payload_digest
        )
        response = BuiltRecord(
            record_id=exchange.record_id, type="response", member=member, payload_digest=payload_digest, message=message
        )
        return response, True

    def _identical(
        self,
        exchange: Exchange,
        original: Original,
        date: str,
        fields: list[tuple[str, str]],
        message: HttpMessage,
        payload_digest: str,
        head: bytes,
    ) -> BuiltRecord:
        # ISO 28500, 6.7.2: the block is the head as received, with WARC-Truncated; or there is no block. Replayers put
        # the head of a revisit before the body of its original: where only one of the two is chunked, they would show
        # the chunk framing, or read text as such. Without a block they use the head of the original.
        fields = [*fields, *_refers(PROFILE_IDENTICAL, original)]
        if head:
            fields.append(("WARC-Truncated", "length"))
        member = self._build(
            "revisit", exchange.record_id, date, head, RESPONSE if head else None, fields, payload_digest
        )
        return BuiltRecord(
            record_id=exchange.record_id,
            type="revisit",
            member=member,
            payload_digest=payload_digest,
            message=message,
            refers_to=original.record_id,
        )

    def _not_modified(
        self,
        exchange: Exchange,
        original: Original,
        date: str,
        fields: list[tuple[str, str]],
        message: HttpMessage,
    ) -> BuiltRecord:
        # The block is empty, because pywb shows a block that begins with a 304 status line as a blank page. The
        # metadata record holds the head of the answer.
        member = self._build(
            "revisit", exchange.record_id, date, b"", None, fields + _refers(PROFILE_NOT_MODIFIED, original)
        )
        return BuiltRecord(
            record_id=exchange.record_id, type="revisit", member=member, message=message, refers_to=original.record_id
        )

    def _digest(self, octets: bytes) -> str:
        return digest(octets, self.algorithm)

    def _build(
        self,
        type_: str,
        record_id: str,
        date: str,
        block: bytes,
        content_type: str | None,
        fields: Sequence[tuple[str, str]] = (),
        payload_digest: str | None = None,
    ) -> bytes:
        headers = [
            ("WARC-Type", type_),
            ("WARC-Record-ID", f"<{record_id}>"),
            ("WARC-Date", date),
            *fields,
            ("WARC-Block-Digest", self._digest(block)),
        ]
        if payload_digest:
            headers.append(("WARC-Payload-Digest", payload_digest))
        if content_type:
            headers.append(("Content-Type", content_type))
        headers.append(("Content-Length", str(len(block))))
        return serialise(headers, block)


def _with_interim_aside(exchange: Exchange) -> Exchange:
    """The exchange with its interim answers moved to its metadata, byte for byte.

    Replayers take the first head of a block for that of the page: pywb answers 103, and both it and ReplayWeb.page show
    the true head as text. If they had a record of their own, pywb's indexer would list it under the page's address.
    """
    interim, final = split_interim(exchange.response)
    if not interim:
        return exchange
    return attrs.evolve(
        exchange, response=final, metadata=(*exchange.metadata, ("http-interim-responses", _base64(interim)))
    )


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _refers(profile: str, original: Original) -> list[tuple[str, str]]:
    return [
        ("WARC-Profile", profile),
        ("WARC-Refers-To", f"<{original.record_id}>"),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", warc_date(original.captured_at)),
    ]
