"""WARC files: keys, reading, refusing what is none, digests judged by the standard's meaning."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.clock import parse_warc_date, timestamp14, warc_date
from archive.errors import ArchiveDamaged, FileMissing, NotAWarc, RecordDamaged
from archive.faults import Damage
from archive.ingest.import_archive import whole_archive
from archive.warc import reader
from archive.warc.cdxj import line, urlkey
from archive.warc.check.verify import verify_file
from archive.warc.exchange import Exchange, Original
from archive.warc.members import gzip_member
from archive.warc.reader import read_record, read_records
from archive.warc.record import FindOriginal, RecordBuilder, new_record_id, serialise
from archive.warc.recordhead import read_warc_fields, warc_fields
from archive.warc.writer import _behind

NOON = datetime(2026, 1, 8, 12, 0, 5, 250000, tzinfo=UTC)


def exchange(response: bytes, **options: object) -> Exchange:
    values = {
        "record_id": new_record_id(), "url": "http://baocantho.test/a-a1.html", "began_at": NOON,
        "request": b"GET /a-a1.html HTTP/1.1\r\nHost: baocantho.test\r\n\r\n", "response": response,
    }  # fmt: skip
    return Exchange(**(values | options))  # type: ignore[arg-type]


def written(path: Path, *exchanges: Exchange, find_original: FindOriginal = lambda _: None) -> Path:
    builder = RecordBuilder("urn:uuid:info")
    members = [record.member for part in exchanges for record in builder.exchange(part, find_original)]
    path.write_bytes(b"".join(members))
    return path


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Baocantho.com.vn:443/Thoi-Su?p=2&a=1#x", "vn,com,baocantho)/thoi-su?a=1&p=2"),
        ("http://baocantho.com.vn", "vn,com,baocantho)/"),
        ("http://www3.baocantho.com.vn:8080/a", "vn,com,baocantho:8080)/a"),
        ("dns:baocantho.com.vn", "dns:baocantho.com.vn"),
        ("http://[broken/", "http://[broken/"),
    ],
)
def test_urlkeys(url: str, key: str) -> None:
    assert urlkey(url) == key


@given(st.text())
def test_every_text_has_a_urlkey(text: str) -> None:
    assert isinstance(urlkey("http://" + text), str)


def test_cdxj_lines_carry_numbers_as_strings() -> None:
    said = line("vn,a)/", NOON, url="http://a.vn/", file="x.warc.gz", offset=3, length=5, status=200, mime="text/html")
    assert said.startswith('vn,a)/ 20260108120005 {"url": "http://a.vn/", "mime": "text/html", "status": "200"')
    assert '"offset": "3"' in said and "digest" not in said


def test_instants() -> None:
    assert warc_date(NOON) == "2026-01-08T12:00:05.250000Z"
    assert timestamp14(NOON) == "20260108120005"
    assert parse_warc_date("2026-01-08T12:00:05.250000Z") == NOON
    assert parse_warc_date("2026") == datetime(2026, 1, 1, tzinfo=UTC)
    assert parse_warc_date("2026-01-08T12:00:05.123456789Z").microsecond == 123456


def test_an_exchange_becomes_records_that_others_read(tmp_path: Path) -> None:
    response = (
        b"HTTP/1.1 200  odd Reason\r\nX-b: 1\r\nx-B: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    )
    sent = exchange(
        response, ip_address="127.0.0.1", protocols=("http/1.1", "tls/1.3"), cipher_suite="TLS_AES_128_GCM_SHA256",
        truncated="length", metadata=(("via", "http://baocantho.test/\r\nx: y"),),
    )  # fmt: skip
    path = written(tmp_path / "a.warc.gz", sent)
    answer, request, metadata = read_records(path)
    assert [answer.type, request.type, metadata.type] == ["response", "request", "metadata"]
    assert answer.block == response and request.block == sent.request
    assert answer.header("WARC-Payload-Digest") == (
        "sha256:" + base64.b32encode(hashlib.sha256(b"hello").digest()).decode()
    )
    assert [value for name, value in answer.headers if name == "WARC-Protocol"] == ["http/1.1", "tls/1.3"]
    assert answer.header("WARC-Truncated") == "length" and request.header("WARC-Truncated") is None
    assert metadata.block == b"via: http://baocantho.test/ x: y\r\n"
    for record in (request, metadata):
        assert record.header("WARC-Concurrent-To") == f"<{sent.record_id}>"
        assert record.header("WARC-Date") == warc_date(NOON)
    with path.open("rb") as stream:
        theirs = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI")) for record in ArchiveIterator(stream)
        ]
    assert theirs == [(kind, sent.url) for kind in ("response", "request", "metadata")]
    assert read_record(path, request.offset, request.length).block == sent.request
    assert [findings for _, findings in verify_file(path)] == [[], [], []]


HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"


@pytest.mark.parametrize(
    ("final", "original", "block"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nx", False, b"HTTP/1.1 200 OK\r\n\r\nx"),
        (b"HTTP/1.1 200 OK\r\n\r\nx", True, b"HTTP/1.1 200 OK\r\n\r\n"),
        (b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", True, b""),
    ],
)
def test_interim_answers_stand_beside_the_final_one(tmp_path: Path, final: bytes, original: bool, block: bytes) -> None:
    first = Original(record_id="urn:uuid:f", url="http://a.test/", captured_at=NOON, transfer_coding="")
    sent = exchange(HINT * 2 + final, not_modified=first if final[9:12] == b"304" else None)
    path = written(tmp_path / "a.warc.gz", sent, find_original=lambda _: first if original else None)
    answer, _, metadata = read_records(path)
    assert (answer.type, answer.block) == ("revisit" if original else "response", block)
    fields = dict(line.split(": ", 1) for line in metadata.block.decode().splitlines())
    assert base64.b64decode(fields["http-interim-responses"]) == HINT * 2
    if not block:
        assert base64.b64decode(fields["http-response-head"]) == final
    assert [finding for _, findings in verify_file(path) for finding in findings if finding.severity != "warning"] == []


def test_interim_answers_without_a_final_one_stay_in_the_block(tmp_path: Path) -> None:
    answer, _ = read_records(written(tmp_path / "a.warc.gz", exchange(HINT * 2, truncated="disconnect")))
    assert (answer.block, answer.header("WARC-Truncated")) == (HINT * 2, "disconnect")


def test_a_304_becomes_a_revisit_with_an_empty_block(tmp_path: Path) -> None:
    original = Original(record_id="urn:uuid:first", url="http://baocantho.test/a-a1.html", captured_at=NOON)
    head = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"
    answer, _, metadata = read_records(written(tmp_path / "a.warc.gz", exchange(head, not_modified=original)))
    assert answer.type == "revisit" and answer.block == b""
    assert answer.header("WARC-Refers-To") == "<urn:uuid:first>"
    assert answer.header("WARC-Refers-To-Date") == warc_date(NOON)
    kept = metadata.block.decode().removeprefix("http-response-head: ")
    assert base64.b64decode(kept) == head
    # a 200 in answer to a conditional request is a response like any other
    changed, _ = read_records(
        written(tmp_path / "b.warc.gz", exchange(b"HTTP/1.1 200 OK\r\n\r\nx", not_modified=original))
    )
    assert changed.type == "response"


def test_digests_are_judged_by_the_standards_meaning(tmp_path: Path) -> None:
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    body = block.partition(b"\r\n\r\n")[2]

    def found(payload_digest: str) -> list[tuple[str, str]]:
        headers = [
            ("WARC-Type", "response"), ("WARC-Record-ID", "<urn:uuid:x>"), ("WARC-Date", "2026-01-08T12:00:00Z"),
            ("WARC-Target-URI", "http://a.test/"), ("WARC-Payload-Digest", payload_digest),
            ("WARC-Block-Digest", "sha1:" + hashlib.sha1(block).hexdigest()),
            ("Content-Type", "application/http; msgtype=response"), ("Content-Length", str(len(block))),
        ]  # fmt: skip
        path = tmp_path / "a.warc.gz"
        path.write_bytes(serialise(headers, block))
        return [(finding.rule, finding.severity) for _, findings in verify_file(path) for finding in findings]

    assert found("sha1:" + base64.b32encode(hashlib.sha1(b"hello").digest()).decode()) == []
    assert found("sha1:" + hashlib.sha1(body).hexdigest()) == [("ISO 28500:2017, 5.9", "warning")]
    assert found("sha1:" + hashlib.sha1(b"other").hexdigest()) == [("ISO 28500:2017, 5.9", "damage")]
    assert found("md9:abc") == [("ISO 28500:2017, 5.9", "warning")]


def test_what_is_no_warc_is_refused(tmp_path: Path) -> None:
    for name, content in (("a.txt", b"<html>"), ("empty.warc.gz", b""), ("b.warc.gz", b"\x1f\x8bnothing")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(NotAWarc, match="not a WARC file"):
            list(read_records(path))
    with pytest.raises(FileMissing, match="no such file"):
        list(read_records(tmp_path / "absent.warc.gz"))


def test_a_cut_file_gives_what_stands_before_the_cut(tmp_path: Path) -> None:
    path = written(tmp_path / "a.warc.gz", exchange(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100))
    path.write_bytes(path.read_bytes()[:-20])
    records = read_records(path)
    assert next(records).type == "response"
    with pytest.raises(RecordDamaged, match="the file ends within the gzip member") as raised:
        list(records)
    assert raised.value.fault.code is Damage.MEMBER_CUT


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ("Content-Length: \u00b2\r\n", "Content-Length"),
        ("Content-Length: 99999999999999999999\r\n", "Content-Length"),
        ("Content-Length: 0\r\n", "is not a date"),
        ("Content-Length: 0\r\nWARC-Date: yesterday\r\n", "is not a date"),
        ("Content-Length: 0\r\nWARC-Date: 0001-01-01T00:00:00+14:00\r\n", "is not a date"),
        ("WARC-Target-URI: http://[::1\r\nContent-Length: 0\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n", "not an address"),
    ],
)
def test_an_archive_with_nonsense_in_its_fields_is_damaged(tmp_path: Path, fields: str, found: str) -> None:
    path = tmp_path / "a.warc"
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:x>\r\n{fields}"
    head += "WARC-Target-URI: http://a.test/\r\n"
    path.write_bytes(head.encode() + b"\r\n\r\n\r\n")
    with pytest.raises(ArchiveDamaged) as raised:
        list(whole_archive(path))
    assert found in str(raised.value)


def test_forms_that_the_standard_allows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(
        b"warc/1.0\r\nwarc-type: response\r\nWARC-Record-ID: <urn:uuid:x>\r\nWARC-Target-URI: <http://a.test/>\r\n"
        b"WARC-Date: 2008-04-30t20:48:25z\r\nContent-Length:\r\n\t3\r\n\r\nabc\r\n\r\n"
    )
    (record,) = whole_archive(path)
    assert (record.version, record.type, record.url, record.block) == ("WARC/1.0", "response", "http://a.test/", b"abc")


def test_an_uncompressed_file_is_read_alike(tmp_path: Path) -> None:
    import gzip

    zipped = written(tmp_path / "a.warc.gz", exchange(b"HTTP/1.1 200 OK\r\n\r\nx"))
    with gzip.open(zipped) as stream:
        plain = tmp_path / "a.warc"
        plain.write_bytes(stream.read())
    assert [record.block for record in read_records(plain)] == [record.block for record in read_records(zipped)]
    for record in read_records(plain):
        assert read_record(plain, record.offset, record.length).block == record.block


def test_fields_cannot_be_broken_out_of() -> None:
    assert warc_fields([("a", "b\r\nWARC-Type: x")]) == b"a: b WARC-Type: x\r\n"
    assert io.BytesIO(warc_fields([])).read() == b""
    assert read_warc_fields(warc_fields([("a", "b\r\nWARC-Type: x"), ("Via", "c: d")])) == {
        "a": "b WARC-Type: x", "via": "c: d",
    }  # fmt: skip


@given(head=st.binary(max_size=50), size=st.integers(0, 300_000), dense=st.booleans())
def test_a_member_holds_its_record_whether_it_shrinks_or_not(head: bytes, size: int, dense: bool) -> None:
    block = Random(size).randbytes(size) if dense else (b"dong bang " * 30_000)[:size]
    member = gzip_member(head, block)
    assert gzip.decompress(member) == head + block + b"\r\n\r\n"
    if dense and size > 20_000:
        assert len(member) < size + 200  # stored, not blown up
    elif not dense and size > 20_000:
        assert len(member) < size / 2


@given(st.lists(st.binary(min_size=1, max_size=9), max_size=9), st.integers(0, 81))
def test_what_a_disk_took_in_part_is_written_on(members: list[bytes], written: int) -> None:
    whole = b"".join(members)
    assert b"".join(_behind(members, min(written, len(whole)))) == whole[written:]


def test_a_member_that_inflates_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGEST_BLOCK", 10_000_000)
    path = tmp_path / "bomb.warc.gz"
    path.write_bytes(gzip.compress(b"WARC/1.1\r\nContent-Length: 99000000\r\n\r\n" + bytes(99_000_000)))
    with pytest.raises(RecordDamaged, match="more than 9 MiB"):
        list(read_records(path))
