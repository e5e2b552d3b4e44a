"""WARC records and files made by hand for the checks, sound ones and ones that break a rule."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
from collections.abc import Iterable

from archive.warc.check.findings import Finding
from archive.warc.check.verify import verify_stream

URL = "http://baocantho.test/a-a1.html"
HTTP_RESPONSE = "application/http; msgtype=response"
HTTP_REQUEST = "application/http; msgtype=request"
FIELDS = "application/warc-fields"
PROFILE = "http://netpreserve.org/warc/{}/revisit/{}"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + b"<p>B\xc3\xa1o C\xe1\xba\xa7n Th\xc6\xa1</p>" * 10
REQUEST = b"GET /a-a1.html HTTP/1.1\r\nHost: baocantho.test\r\n\r\n"

Fields = list[tuple[str, str]]


def uid(number: int) -> str:
    """A record id with its angle brackets."""
    return f"<urn:uuid:00000000-0000-4000-8000-{number:012d}>"


def sha1(octets: bytes) -> str:
    """A labelled digest in base 32."""
    return "sha1:" + base64.b32encode(hashlib.sha1(octets).digest()).decode()


def record(
    kind: str,
    number: int,
    block: bytes = b"",
    fields: Iterable[tuple[str, str]] = (),
    *,
    version: str = "WARC/1.1",
    without: Iterable[str] = (),
    end: bytes = b"\r\n\r\n",
) -> bytes:
    """A record, uncompressed; a field that is given takes the place of the usual one."""
    usual = {
        "WARC-Type": kind,
        "WARC-Record-ID": uid(number),
        "WARC-Date": "2026-01-08T12:00:00Z",
        "Content-Length": str(len(block)),
    }
    if kind not in ("warcinfo", "metadata"):
        usual["WARC-Target-URI"] = URL
    media = {"warcinfo": FIELDS, "metadata": FIELDS, "response": HTTP_RESPONSE, "request": HTTP_REQUEST}.get(kind)
    if media and block:
        usual["Content-Type"] = media
    if kind == "revisit":
        usual["WARC-Profile"] = PROFILE.format(version[5:], "server-not-modified")
    given = list(fields)
    for name in [*without, *(name for name, _ in given)]:
        usual.pop(name, None)
    lines = [version, *(f"{name}: {value}" for name, value in [*usual.items(), *given])]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + end


def sound_records(version: str = "WARC/1.1") -> list[bytes]:
    """Records of all kinds with nothing wrong about them; the last is a revisit with an empty block."""
    body = PAGE.partition(b"\r\n\r\n")[2]
    chunked = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    )  # fmt: skip
    digests = [("WARC-Block-Digest", sha1(PAGE)), ("WARC-Payload-Digest", sha1(body))]
    identical = [
        ("WARC-Profile", PROFILE.format(version[5:], "identical-payload-digest")),
        ("WARC-Payload-Digest", sha1(body)),
        ("WARC-Truncated", "length"),
        ("WARC-Refers-To", uid(2)),
        ("Content-Type", HTTP_RESPONSE),
    ]
    return [
        record("warcinfo", 1, b"software: samples\r\nformat: WARC\r\n", [("WARC-Filename", "a.warc")], version=version),
        record("response", 2, PAGE, [*digests, ("WARC-IP-Address", "2001:db8::1")], version=version),
        record("request", 3, REQUEST, [("WARC-Concurrent-To", uid(2))], version=version),
        record("metadata", 4, b"via: http://baocantho.test/\r\n", [("WARC-Refers-To", uid(2))], version=version),
        record("response", 5, chunked, [("WARC-Payload-Digest", sha1(body))], version=version),
        record("resource", 6, b"picture", [("Content-Type", "image/png"), ("WARC-Payload-Digest", sha1(b"picture"))],
               version=version),
        record("conversion", 7, b"text", [("Content-Type", "text/plain"), ("WARC-Refers-To", uid(6))], version=version),
        record("response", 8, PAGE[:100], [("WARC-Segment-Number", "1")], version=version),
        record("continuation", 9, PAGE[100:], [("WARC-Segment-Number", "2"), ("WARC-Segment-Origin-ID", uid(8)),
                                               ("WARC-Segment-Total-Length", str(len(PAGE)))], version=version),
        record("revisit", 10, PAGE[: -len(body)], identical, version=version),
        record("revisit", 11, b"", [("WARC-Refers-To", uid(2))], version=version),
    ]  # fmt: skip


def zipped(records: Iterable[bytes]) -> bytes:
    """One gzip member a record."""
    return b"".join(gzip.compress(each, mtime=0) for each in records)


def verdict(octets: bytes) -> list[Finding]:
    """What is found in a file of these bytes."""
    return [finding for _, findings in verify_stream(io.BytesIO(octets), "a.warc") for finding in findings]


def count(octets: bytes) -> int:
    """How many records of a file can be read."""
    return sum(record is not None for record, _ in verify_stream(io.BytesIO(octets), "a.warc"))


def is_accused(octets: bytes) -> bool:
    """Whether something worse than a warning is found."""
    return any(finding.severity != "warning" for finding in verdict(octets))
