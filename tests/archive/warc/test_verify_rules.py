"""The rules of ISO 28500, one by one: what breaks them is found, with its clause, and nothing else is."""

from __future__ import annotations

import base64
import gzip
import hashlib
from pathlib import Path

import pytest
from support.warc_samples import (
    FIELDS,
    HTTP_RESPONSE,
    PAGE,
    PROFILE,
    REQUEST,
    URL,
    count,
    record,
    sha1,
    sound_records,
    uid,
    verdict,
    zipped,
)  # fmt: skip

from archive.cli.fault_words import fault_words
from archive.warc.check.verify import verify_file

NEW = "ISO 28500:2017, "
OLD = "ISO 28500:2009, "


def said(octets: bytes) -> set[tuple[str, str]]:
    return {(finding.rule, finding.severity) for finding in verdict(octets)}


@pytest.mark.parametrize("version", ["WARC/1.0", "WARC/1.1"])
@pytest.mark.parametrize("together", [b"".join, zipped])
def test_sound_records_of_all_types_are_sound(version: str, together: object) -> None:
    records = sound_records(version)
    octets = together(records)  # type: ignore[operator]
    assert verdict(octets) == [] and count(octets) == len(records)


BREACHES = [
    # the mandatory four
    (record("response", 1, PAGE, without=["WARC-Record-ID"]), "5.2"),
    (record("response", 1, PAGE, without=["WARC-Date"]), "5.4"),
    (record("response", 1, PAGE, without=["WARC-Type"]), "5.5"),
    (record("response", 1, PAGE, without=["Content-Length"]), "5.3"),
    # values
    (record("response", 1, PAGE, [("WARC-Record-ID", "<>")]), "5.2"),
    (record("response", 1, PAGE, [("WARC-Record-ID", "<no uri>")]), "5.2"),
    (record("response", 1, PAGE, [("WARC-Record-ID", "urn:x:1")]), "5.2"),
    (record("response", 1, PAGE, [("Content-Length", "12a")]), "5.3"),
    (record("response", 1, PAGE, [("Content-Length", "-1")]), "5.3"),
    (record("response", 1, PAGE, [("WARC-Date", "2026-13-08T12:00:00Z")]), "5.4"),
    (record("response", 1, PAGE, [("WARC-Date", "2026-02-29T12:00:00Z")]), "5.4"),
    (record("response", 1, PAGE, [("WARC-Date", "20260108120000")]), "5.4"),
    (record("response", 1, PAGE, [("WARC-Date", "2026-01-08 12:00:00")]), "5.4"),
    (record("response", 1, PAGE, [("WARC-Date", "2026-01-08T12:00:00+07:00")]), "5.4"),
    (record("response", 1, PAGE, [("WARC-Date", "2026-01-08T12:00:00.0123456789Z")]), "5.4"),
    (record("response", 1, PAGE, [("WARC-Type", "two words")]), "5.5"),
    (record("response", 1, PAGE, [("Content-Type", "application")]), "5.6"),
    (record("response", 1, PAGE, [("WARC-Concurrent-To", "somewhere")]), "5.7"),
    (record("response", 1, PAGE, [("WARC-Block-Digest", "sha1:")]), "5.8"),
    (record("response", 1, PAGE, [("WARC-Block-Digest", "sha1")]), "5.8"),
    (record("response", 1, PAGE, [("WARC-Block-Digest", "sha1:ABC")]), "5.8"),
    (record("response", 1, PAGE, [("WARC-IP-Address", "256.1.1.1")]), "5.10"),
    (record("response", 1, PAGE, [("WARC-IP-Address", "[::1]")]), "5.10"),
    (record("response", 1, PAGE, [("WARC-IP-Address", "")]), "5.10"),
    (record("revisit", 1, fields=[("WARC-Refers-To-Target-URI", "no uri")]), "5.12"),
    (record("revisit", 1, fields=[("WARC-Refers-To-Date", "yesterday")]), "5.13"),
    (record("response", 1, PAGE, [("WARC-Target-URI", "http://a.test/with space")]), "5.14"),
    (record("response", 1, PAGE, [("WARC-Target-URI", "/a-a1.html")]), "5.14"),
    (record("response", 1, PAGE, [("WARC-Target-URI", "http://a.test/tỉnh")]), "5.14"),
    (record("response", 1, PAGE, [("WARC-Target-URI", "<http://a.test/>")]), "5.14"),
    (record("response", 1, PAGE, [("WARC-Truncated", "too long")]), "5.15"),
    (record("response", 1, PAGE, [("WARC-Warcinfo-ID", "1")]), "5.16"),
    (record("response", 1, PAGE, [("WARC-Identified-Payload-Type", "html")]), "5.19"),
    (record("response", 1, PAGE, [("WARC-Segment-Number", "one")]), "5.20"),
    # fields of a type
    *[
        (record(kind, 1, without=["WARC-Target-URI"]), "5.14")
        for kind in ("response", "resource", "request", "revisit", "conversion")
    ],
    (record("warcinfo", 1, fields=[("WARC-Target-URI", URL)]), "5.14"),
    *[
        (record(kind, 1, fields=[("WARC-Concurrent-To", uid(1))]), "5.7")
        for kind in ("warcinfo", "conversion", "continuation")
    ],
    *[
        (record(kind, 1, fields=[("WARC-IP-Address", "127.0.0.1")]), "5.10")
        for kind in ("warcinfo", "conversion", "continuation")
    ],
    *[
        (record(kind, 1, fields=[("WARC-Refers-To", uid(1))]), "5.11")
        for kind in ("warcinfo", "response", "resource", "request", "continuation")
    ],
    *[
        (record(kind, 1, fields=[("WARC-Refers-To-Date", "2026")]), "5.13")
        for kind in ("warcinfo", "response", "metadata", "conversion", "resource", "request", "continuation")
    ],
    (record("response", 1, PAGE, [("WARC-Refers-To-Target-URI", URL)]), "5.12"),
    (record("warcinfo", 1, fields=[("WARC-Warcinfo-ID", uid(1))]), "5.16"),
    (record("warcinfo", 1, fields=[("WARC-Payload-Digest", sha1(b""))]), "5.9"),
    *[
        (record(kind, 1, fields=[("WARC-Filename", "a.warc")]), "5.17")
        for kind in ("response", "resource", "request", "metadata", "revisit", "conversion", "continuation")
    ],
    (record("revisit", 1, without=["WARC-Profile"]), "5.18"),
    (record("revisit", 1, fields=[("WARC-Profile", PROFILE.format("1.1", "identical-payload-digest"))]), "6.7.2"),
    (record("resource", 1, b"x", [("WARC-Target-URI", "dns:a.test"), ("Content-Type", "text/plain")]), "6.4.4"),
    # segments
    (record("continuation", 1, fields=[("WARC-Segment-Origin-ID", uid(2))]), "6.9"),
    (record("continuation", 1, fields=[("WARC-Segment-Number", "2")]), "6.9"),
    (
        record("continuation", 1, fields=[("WARC-Segment-Number", "1"), ("WARC-Segment-Origin-ID", uid(2))]),
        "5.20",
    ),
    (record("response", 1, PAGE, [("WARC-Segment-Number", "2")]), "5.20"),
    (record("response", 1, PAGE, [("WARC-Segment-Origin-ID", uid(2))]), "5.21"),
    (record("response", 1, PAGE, [("WARC-Segment-Total-Length", "9")]), "5.22"),
    # repeated fields
    (record("response", 1, PAGE, [("warc-date", "2026-01-08T12:00:00Z")]), "5.1"),
    (record("response", 1, PAGE, [("WARC-Target-URI", URL), ("WARC-TARGET-URI", URL)]), "5.1"),
    # form
    (record("response", 1, PAGE).replace(b"\r\n", b"\n", 3), "4"),
    (record("response", 1, PAGE, end=b"\n\n"), "4"),
    (record("response", 1, PAGE, version="WARC/1.2"), "4"),
    (record("response", 1, PAGE, version="WARC/2.0"), "4"),
    (record("response", 1, PAGE, [("no token", "x")]), "4"),
    (record("response", 1, PAGE).replace(b"WARC-Type: ", b"WARC-Type "), "4"),
    (record("response", 1, PAGE, [("X", "\x01")]), "4"),
    (record("response", 1, PAGE, [("X", "y")]).replace(b"X: y", b"X: \xff"), "4"),
    (record("warcinfo", 1, b"no field\r\n"), "4"),
    (record("metadata", 1, b"via: x\r\n: y\r\n"), "4"),
    (b"\r\n" + record("response", 1, PAGE), "4"),
    (record("response", 1, PAGE) + b"\r\n" + record("response", 2, PAGE), "4"),
]


@pytest.mark.parametrize(("octets", "number"), BREACHES)
def test_what_breaks_a_rule_is_a_breach_of_its_clause(octets: bytes, number: str) -> None:
    found = said(octets)
    assert (NEW + number, "breach") in found or (OLD + number, "breach") in found, found
    if number not in ("5.3", "5.5"):
        assert count(octets) >= 1
    assert any(severity != "warning" for _, severity in said(gzip.compress(octets)))


WARNINGS = [
    (record("response", 1, PAGE, without=["Content-Type"]), "5.6"),
    (record("response", 1, PAGE, [("Content-Type", "text/html")]), "6.3.2"),
    (record("response", 1, PAGE, [("Content-Type", "application/http; msgtype=request")]), "6.3.2"),
    (record("request", 1, REQUEST, [("Content-Type", "text/plain")]), "6.5.2"),
    (record("response", 1, b"<html>", [("Content-Type", HTTP_RESPONSE)]), "6.3.2"),
    (record("response", 1, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html>"), "6.3.2"),
    (record("response", 1, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n<html>"), "6.3.2"),
    (record("response", 1, PAGE, [("WARC-Truncated", "weather")]), "5.15"),
    (record("response", 1, PAGE, [("WARC-Target-URI", "http://a.test/?a[]=1|2")]), "5.14"),
    (record("response", 1, PAGE, [("WARC-Profile", PROFILE.format("1.1", "server-not-modified"))]), "5.18"),
    (record("revisit", 1, fields=[("WARC-Profile", "http://a.test/mine")]), "5.18"),
    (record("warcinfo", 1, b"software: x\r\n", [("Content-Type", "text/plain")]), "6.2"),
    (record("warcinfo", 1, b"software: x\n"), "4"),
    (record("metadata", 1, b"a: b\r\n", [("WARC-Payload-Digest", sha1(b"a: b\r\n"))]), "5.9"),
    (record("response", 1, PAGE, [("WARC-Block-Digest", "crc9:ABC")]), "5.8"),
    (record("monkeys", 1, PAGE), "5.5"),
    (record("response", 1, PAGE, version="warc/1.1"), "4"),
]


@pytest.mark.parametrize(("octets", "number"), WARNINGS)
def test_what_is_only_recommended_is_a_warning(octets: bytes, number: str) -> None:
    assert said(octets) == {(NEW + number, "warning")}


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"\r\nHTTP/1.1 200 OK\r\nA: 1\r\n\r\n", "line ends stand before the start line"),
        (b"HTTP/1.1 200\r\nA: 1\r\n\r\n", "the start line is not as the grammar has it"),
        (b"HTTP/1.1 200 OK\nA: 1\r\n\r\n", "a line ends with LF alone"),
        (b"HTTP/1.1 200 OK\r\nchao chu\r\n\r\n", "a line has no colon"),
        (b"HTTP/1.1 200 OK\r\nA : 1\r\n\r\n", "the name of a field is no token"),
        (b"HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\n\r\n", "a field is folded over several lines"),
        (b"HTTP/1.1 200 OK\r\nA: \x01\r\n\r\n", "control characters stand in a field"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n", "Content-Length is not one number"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Content-Length stands beside Transfer-Encoding",
        ),
    ],
)
def test_an_odd_http_head_is_a_warning_told_once_a_file(tmp_path: Path, head: bytes, words: str) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(record("response", 1, head) + record("response", 2, head))
    (finding,) = (finding for _, findings in verify_file(path) for finding in findings)
    assert (finding.rule, finding.severity, finding.offset) == (NEW + "6.3.2", "warning", 0)
    assert words in fault_words(finding.fault)


def test_the_two_versions_of_the_standard_have_rules_of_their_own() -> None:
    fraction = [("WARC-Date", "2026-01-08T12:00:00.5Z")]
    assert said(record("response", 1, PAGE, fraction)) == set()
    assert said(record("response", 1, PAGE, fraction, version="WARC/1.0")) == {(OLD + "5.4", "breach")}
    for date in ("2026", "2026-01", "2026-01-08", "2026-01-08T12:00Z"):
        assert said(record("response", 1, PAGE, [("WARC-Date", date)])) == set()
        assert said(record("response", 1, PAGE, [("WARC-Date", date)], version="WARC/1.0")) != set()
    bare = [("WARC-Record-ID", "urn:x:1")]
    assert said(record("response", 1, PAGE, bare, version="WARC/1.0")) == {(OLD + "5.2", "warning")}
    bracketed = [("WARC-Target-URI", f"<{URL}>")]
    assert said(record("response", 1, PAGE, bracketed, version="WARC/1.0")) == {(OLD + "5.12", "warning")}
    elsewhere = [("WARC-Refers-To-Date", "2026-01-08T12:00:00Z")]  # no field of 1.0: an extension
    assert said(record("response", 1, PAGE, elsewhere, version="WARC/1.0")) == set()
    assert said(record("response", 1, PAGE, version="WARC/0.18")) == {(OLD + "4", "warning")}


def test_what_the_standard_lets_pass_is_not_accused() -> None:
    assert said(record("response", 1, PAGE, [("X-Own", "1"), ("x-own", "2"), ("WARC-Protocol", "tls/1.3")])) == set()
    assert said(record("response", 1, PAGE, [("WARC-Concurrent-To", uid(1)), ("WARC-Concurrent-To", uid(2))])) == set()
    upper = record("RESPONSE", 1, PAGE, [("Content-Type", "APPLICATION/HTTP;MSGTYPE=RESPONSE")])
    assert said(upper.replace(b"WARC-Date", b"WARC-DATE")) == set()
    folded = record("response", 1, PAGE).replace(b"WARC-Target-URI: ", b"WARC-Target-URI:\r\n\t")
    assert said(folded) == set()
    assert said(record("warcinfo", 1, "title: Báo Cần Thơ\r\n folded\r\n\r\n".encode())) == set()
    assert said(record("request", 1, REQUEST[:-2])) == set()
    assert said(record("response", 1, b"20260108\r\na.test.\t1\tIN\tA\t127.0.0.1\r\n",
                       [("WARC-Target-URI", "dns:a.test"), ("Content-Type", "text/dns")])) == set()  # fmt: skip


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3-256", "SHA-256"])
def test_digests_are_read_in_every_encoding(algorithm: str) -> None:
    digest = hashlib.new(algorithm.replace("sha3-", "sha3_").replace("SHA-", "sha"), PAGE).digest()
    forms = [
        digest.hex(), digest.hex().upper(),
        base64.b32encode(digest).decode(), base64.b32encode(digest).decode().lower(),
        base64.b32encode(digest).decode().rstrip("="), base64.urlsafe_b64encode(digest).decode(),
    ]  # fmt: skip
    for form in forms:
        assert said(record("response", 1, PAGE, [("WARC-Block-Digest", f"{algorithm}:{form}")])) == set()
        changed = record("response", 1, PAGE.replace(b"<p>", b"<q>", 1), [("WARC-Block-Digest", f"{algorithm}:{form}")])
        assert said(changed) == {(NEW + "5.8", "damage")}


def test_a_wrong_payload_digest_is_damage_wherever_a_payload_is() -> None:
    for kind, block, media in (
        ("response", PAGE, HTTP_RESPONSE), ("request", REQUEST, "application/http"), ("resource", b"x", "image/png"),
        ("conversion", b"x", "image/png"),
    ):  # fmt: skip
        fields = [("Content-Type", media), ("WARC-Payload-Digest", sha1(b"other"))]
        assert said(record(kind, 1, block, fields)) == {(NEW + "5.9", "damage")}
    # a revisit's is that of another record's payload
    assert said(record("revisit", 1, b"", [("WARC-Payload-Digest", sha1(b"other"))])) == set()


CODED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"<p>Ch\xe1\xbb\xa3</p>" * 30, mtime=0)
FRAMED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("block", "field", "counted"),
    [
        (PAGE, "Payload", PAGE),
        (CODED, "Payload", CODED),
        (CODED, "Payload", b"<p>Ch\xe1\xbb\xa3</p>" * 30),
        (FRAMED, "Payload", FRAMED),
        (FRAMED, "Payload", FRAMED.partition(b"\r\n\r\n")[2]),
        (PAGE, "Block", PAGE.partition(b"\r\n\r\n")[2]),
        (FRAMED, "Block", b"hello"),
    ],
)
def test_a_digest_that_was_counted_otherwise_is_a_warning(block: bytes, field: str, counted: bytes) -> None:
    number = {"Payload": "5.9", "Block": "5.8"}[field]
    whole = record("response", 1, block, [(f"WARC-{field}-Digest", sha1(counted))])
    assert said(whole) == said(zipped([whole])) == {(NEW + number, "warning")}
    wrong = record("response", 1, block, [(f"WARC-{field}-Digest", sha1(counted[:-1]))])
    assert said(wrong) == {(NEW + number, "damage")}


def test_long_blocks_may_be_counted_otherwise_too() -> None:
    body = b"x" * 5_000_000
    block = b"HTTP/1.1 200 OK\r\n\r\n" + body
    fields = [("WARC-Block-Digest", sha1(body)), ("WARC-Payload-Digest", sha1(block))]
    assert said(record("response", 1, block, fields)) == {(NEW + "5.8", "warning"), (NEW + "5.9", "warning")}


def test_interim_answers_are_no_payload() -> None:
    block = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody"
    assert said(record("response", 1, block, [("WARC-Payload-Digest", sha1(b"body"))])) == set()


def test_a_chunked_body_may_be_empty() -> None:
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert said(record("response", 1, block, [("WARC-Payload-Digest", sha1(b""))])) == set()
    assert said(record("response", 1, block, [("WARC-Payload-Digest", sha1(b"x"))])) == {(NEW + "5.9", "damage")}


def test_long_blocks_are_judged_as_short_ones_are() -> None:
    body = b"x" * 5_000_000
    chunked = b"".join(
        b"%x\r\n" % len(body[at : at + 70000]) + body[at : at + 70000] + b"\r\n" for at in range(0, 5_000_000, 70000)
    )
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked + b"0\r\n\r\n"
    right = [("WARC-Block-Digest", sha1(block)), ("WARC-Payload-Digest", sha1(body))]
    framed = [("WARC-Payload-Digest", sha1(chunked + b"0\r\n\r\n"))]
    wrong = [("WARC-Block-Digest", sha1(b"")), ("WARC-Payload-Digest", sha1(b""))]
    for fields, expected in (
        (right, set()),
        (framed, {(NEW + "5.9", "warning")}),
        (wrong, {(NEW + "5.8", "damage"), (NEW + "5.9", "damage")}),
    ):
        whole = record("response", 1, block, fields)
        assert said(whole) == expected and said(zipped([whole])) == expected
    cut = record("response", 1, block[:-10], right)
    assert {severity for _, severity in said(cut)} == {"damage", "warning"}
    assert said(record("response", 1, block, right)[:-1]) == {(NEW + "4", "damage")}


def test_a_gzip_file_should_be_compressed_record_by_record() -> None:
    records = sound_records()
    assert said(gzip.compress(b"".join(records))) == {(NEW + "D.2", "warning")}
    assert count(gzip.compress(b"".join(records))) == len(records)
    halves = records[1][:200], records[1][200:]
    octets = zipped([records[0], *halves, records[2]])
    assert said(octets) == {(NEW + "D.2", "warning")} and count(octets) == 3
    assert FIELDS in records[0].decode()
