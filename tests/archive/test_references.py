"""What records say of one another: references, revisits and their originals, the segments of one record."""

from __future__ import annotations

import gzip
import hashlib
import tracemalloc
from pathlib import Path

import pytest
from support.verified_files import RECORDS, found, package, put, severities
from support.warc_samples import PAGE, PROFILE, URL, record, sha1, uid, zipped

BODY = PAGE.partition(b"\r\n\r\n")[2]


def test_a_dangling_reference_in_a_lone_file_is_a_warning(tmp_path: Path) -> None:
    one = put(tmp_path / "one.warc", RECORDS[0] + RECORDS[1])
    other = put(tmp_path / "other.warc", RECORDS[2] + RECORDS[10])
    findings = found(other)
    assert [finding.severity for finding in findings] == ["warning", "warning"]
    assert {finding.rule for finding in findings} == {"ISO 28500:2017, 5.7", "ISO 28500:2017, 5.11"}
    assert found(one, other) == [] and found(other, one) == []


def test_a_revisit_may_name_an_address_and_a_time(tmp_path: Path) -> None:
    def revisit(date: str) -> bytes:
        fields = [
            ("WARC-Profile", PROFILE.format("1.1", "identical-payload-digest")), ("WARC-Payload-Digest", sha1(BODY)),
            ("WARC-Refers-To-Target-URI", URL), ("WARC-Refers-To-Date", date),
        ]  # fmt: skip
        return record("revisit", 20, b"", fields)

    assert found(put(tmp_path / "a.warc", RECORDS[1] + revisit("2026-01-08T12:00:00Z"))) == []
    (finding,) = found(put(tmp_path / "a.warc", RECORDS[1] + revisit("2026-01-09T12:00:00Z")))
    assert (finding.rule, finding.severity) == ("ISO 28500:2017, 5.12", "warning")


def test_two_records_of_one_id(tmp_path: Path) -> None:
    copied = found(put(tmp_path / "a.warc", RECORDS[1] * 2))
    assert [(finding.rule, finding.severity) for finding in copied] == [("ISO 28500:2017, 5.2", "warning")]
    written_otherwise = record("response", 2, PAGE)
    same = record("response", 2, PAGE, [("WARC-Block-Digest", sha1(PAGE))])
    assert severities(put(tmp_path / "a.warc", same + written_otherwise)) == {"warning"}
    for other in (
        record("response", 2, PAGE + b"x"),
        record("response", 2, PAGE.replace(b"<p>", b"<q>", 1)),  # as long, and neither names a digest
        record("response", 2, PAGE, [("WARC-IP-Address", "127.0.0.1")]),
        record("response", 2, PAGE, [("WARC-Date", "2026-01-08T12:00:01Z")]),
    ):
        for octets in (written_otherwise + other, zipped([written_otherwise, other])):
            assert severities(put(tmp_path / "a.warc", octets)) == {"breach"}


def test_segments_are_put_together(tmp_path: Path) -> None:
    assert severities(put(tmp_path / "a.warc", RECORDS[7])) == {"warning"}
    assert severities(put(tmp_path / "a.warc", RECORDS[8])) == {"warning"}
    wrong = RECORDS[8].replace(b"Total-Length: ", b"Total-Length: 1")
    (finding,) = found(put(tmp_path / "a.warc", RECORDS[7] + wrong))
    assert (finding.rule, finding.severity) == ("ISO 28500:2017, 7", "breach")


def segmented(
    block: bytes, digest: str, *cuts: int, more: dict[int, list[tuple[str, str]]] | None = None
) -> list[bytes]:
    """A response in segments, cut at these bytes, numbered from 30 on; `more`: fields that a segment has besides."""
    bounds = [0, *cuts, len(block)]
    records = []
    for number in range(1, len(bounds)):
        fields = [("WARC-Segment-Number", str(number)), *(more or {}).get(number, [])]
        if number == 1:
            fields.append(("WARC-Payload-Digest", digest))
        else:
            fields.append(("WARC-Segment-Origin-ID", uid(30)))
        if number == len(bounds) - 1:
            fields.append(("WARC-Segment-Total-Length", str(len(block))))
        kind = "response" if number == 1 else "continuation"
        records.append(record(kind, 29 + number, block[bounds[number - 1] : bounds[number]], fields))
    return records


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"


@pytest.mark.parametrize("cuts", [(200,), (10, 60, 200), (len(PAGE) - 1,)])
def test_the_payload_of_segments_is_that_of_all_of_them(tmp_path: Path, cuts: tuple[int, ...]) -> None:
    """In whatever order and in however many files they come, also where they share a gzip member."""
    path = tmp_path / "a.warc"
    for digest, expected in ((sha1(BODY), []), (sha1(b"other"), [("ISO 28500:2017, 5.9", "damage", uid(30)[1:-1])])):
        parts = segmented(PAGE, digest, *cuts)
        for octets in (b"".join(parts), zipped(parts), zipped(reversed(parts)), RECORDS[0] + b"".join(reversed(parts))):
            said = [(finding.rule, finding.severity, finding.record_id) for finding in found(put(path, octets))]
            assert said == expected
        shared = found(put(path, gzip.compress(RECORDS[0] + b"".join(parts))))
        assert [(finding.rule, finding.severity, finding.record_id) for finding in shared[1:]] == expected
        files = [put(tmp_path / f"{number}.warc.gz", zipped([part])) for number, part in enumerate(parts)]
        assert [finding.file for finding in found(*reversed(files))] == ["0.warc.gz"] * len(expected)
        assert {finding.rule for finding in found(*files[:-1])} == {"ISO 28500:2017, 7"}


def test_the_payload_of_segments_has_no_chunk_framing(tmp_path: Path) -> None:
    path, framed = tmp_path / "a.warc.gz", CHUNKED.partition(b"\r\n\r\n")[2]
    for cut in range(1, len(CHUNKED)):
        for digest, expected in (
            (sha1(b"hello world"), []), (sha1(framed), ["warning"]), (sha1(b"hello"), ["damage"]),
        ):  # fmt: skip
            findings = found(put(path, zipped(segmented(CHUNKED, digest, cut))))
            assert [finding.severity for finding in findings] == expected, cut


def test_segments_of_a_wacz_are_put_together(tmp_path: Path) -> None:
    for digest, expected in ((sha1(BODY), set()), (sha1(b"other"), {"ISO 28500:2017, 5.9"})):
        parts = zipped(segmented(PAGE, digest, 50))
        findings = found(put(tmp_path / "a.wacz", package(**{"archive__b.warc.gz": parts})))
        assert {finding.rule for finding in findings if finding.rule.startswith("ISO")} == expected


def test_long_segments_need_little_memory(tmp_path: Path) -> None:
    block = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 30_000_000
    path = put(tmp_path / "a.warc.gz", zipped(segmented(block, sha1(b"x" * 30_000_000), 10_000_000, 20_000_000)))
    del block
    tracemalloc.start()
    assert found(path) == []
    assert tracemalloc.get_traced_memory()[1] < 15_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("number", "field", "rule", "severity"),
    [
        (2, ("WARC-Target-URI", "http://baocantho.test/other"), "7", "breach"),
        (2, ("WARC-Segment-Total-Length", "9"), "5.22", "breach"),
        (2, ("WARC-Warcinfo-ID", uid(1)), "7", "warning"),
        (3, ("WARC-Payload-Digest", sha1(b"")), "7", "warning"),
    ],
)
def test_segments_fit_together(tmp_path: Path, number: int, field: tuple[str, str], rule: str, severity: str) -> None:
    parts = segmented(PAGE, sha1(BODY), 50, 100, more={number: [field]})
    (finding,) = found(put(tmp_path / "a.warc", b"".join(parts)))
    assert (finding.rule, finding.severity) == (f"ISO 28500:2017, {rule}", severity)
    assert finding.record_id == uid(29 + number)[1:-1]


def test_a_segment_stands_once(tmp_path: Path) -> None:
    parts = segmented(PAGE, sha1(BODY), 50)
    again = parts[1].replace(uid(31).encode(), uid(40).encode())
    (finding,) = found(put(tmp_path / "a.warc", b"".join([*parts, again])))
    assert (finding.rule, finding.severity) == ("ISO 28500:2017, 5.20", "breach")


def revisit_of(digest: str, *fields: tuple[str, str], profile: str = "identical-payload-digest") -> bytes:
    return record("revisit", 20, b"", [
        ("WARC-Profile", PROFILE.format("1.1", profile)), ("WARC-Payload-Digest", digest), *fields,
    ])  # fmt: skip


BY_ID = [("WARC-Refers-To", uid(2))]
BY_PLACE = [("WARC-Refers-To-Target-URI", URL), ("WARC-Refers-To-Date", "2026-01-08T12:00:00Z")]


@pytest.mark.parametrize("named", [BY_ID, BY_PLACE, BY_ID + BY_PLACE])
def test_a_revisit_has_the_payload_of_the_record_that_it_refers_to(
    tmp_path: Path, named: list[tuple[str, str]]
) -> None:
    one, other = put(tmp_path / "one.warc", RECORDS[1]), tmp_path / "other.warc"
    hexadecimal = f"SHA-1:{hashlib.sha1(BODY).hexdigest()}"
    for digest in (sha1(BODY), sha1(BODY).lower(), hexadecimal, "sha256:" + "A" * 52 + "====", "own:other"):
        put(other, revisit_of(digest, *named))
        assert [finding for finding in found(one, other) if finding.severity != "warning"] == []
    put(other, revisit_of(sha1(b"other"), *named, profile="server-not-modified"))
    assert found(one, other) == []
    for digest in (sha1(b"other"), f"sha1:{hashlib.sha1(b'other').hexdigest()}"):
        put(other, revisit_of(digest, *named))
        for files in ((one, other), (other, one)):
            (finding,) = found(*files)
            assert (finding.file, finding.rule, finding.severity, finding.record_id) == (
                "other.warc", "ISO 28500:2017, 6.7.2", "damage", uid(20)[1:-1],
            )  # fmt: skip
    assert {finding.severity for finding in found(other)} == {"warning"}  # the original is not at hand
    put(other, revisit_of(sha1(b""), *named))  # some count the body that they left out
    assert [(finding.rule, finding.severity) for finding in found(one, other)] == [("ISO 28500:2017, 6.7.2", "warning")]


def test_of_two_captures_in_one_second_a_revisit_may_mean_either(tmp_path: Path) -> None:
    twin = record("response", 21, PAGE + b"x", [("WARC-Payload-Digest", sha1(BODY + b"x"))])
    for digest in (sha1(BODY), sha1(BODY + b"x")):
        assert found(put(tmp_path / "a.warc", RECORDS[1] + twin + revisit_of(digest, *BY_PLACE))) == []
