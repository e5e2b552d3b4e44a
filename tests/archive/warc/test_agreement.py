"""Files that other programs wrote oddly: `verify`, a crawl of them and `repair` agree on what they are."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from support.crawling import baotinh
from support.others_archive import HOST, SECTION, Reading, page, response, section
from support.warc_samples import record, sha1, verdict, zipped

from archive.clock import parse_warc_date
from archive.errors import ArchiveDamaged, NotAWarc, RecordsShareMember
from archive.ingest.import_archive import whole_archive
from archive.warc.repair.copies import repair

ARTICLE = page("Nhà sàn bên suối")
RECORDS = [
    record("warcinfo", 1, b"software: mot may ghi\r\n"),
    response(2, SECTION, section("/nha-san-post7.html")),
    response(3, f"{HOST}/nha-san-post7.html", ARTICLE, fields=[("WARC-Block-Digest", sha1(ARTICLE))]),
]
BARE = [each[:-4] for each in RECORDS]


def ended(end: bytes) -> list[bytes]:
    return [bare + end for bare in BARE]


READ = {
    "one line end": zipped(ended(b"\r\n")),
    "one line feed": zipped(ended(b"\n")),
    "two line feeds": zipped(ended(b"\n\n")),
    "no line end": zipped(BARE),
    "empty lines in a member": zipped(ended(b"\r\n" * 5)),
    "a line feed and two line ends": zipped(ended(b"\n\r\n\r\n")),
    "three line ends": zipped(ended(b"\r\n" * 3)),
    "a line feed and two line ends, not compressed": b"".join(ended(b"\n\r\n\r\n")),
    "one line end, not compressed": b"".join(ended(b"\r\n")),
    "one line feed, not compressed": b"".join(ended(b"\n")),
    "two line feeds, not compressed": b"".join(ended(b"\n\n")),
    "an empty member": gzip.compress(RECORDS[0]) + gzip.compress(b"\r\n") + zipped(RECORDS[1:]),
    "empty lines before the first record, not compressed": b"\n\r\n" + b"".join(RECORDS),
    "empty lines, not compressed": b"\r\n\r\n".join(RECORDS),
}
REFUSED = {
    "one member for all": gzip.compress(b"".join(RECORDS)),
    "one member for all, one line end": gzip.compress(b"".join(ended(b"\r\n"))),
    "two records in a member": gzip.compress(RECORDS[0]) + gzip.compress(b"".join(RECORDS[1:])),
    "a record in two members": gzip.compress(RECORDS[0])
    + gzip.compress(RECORDS[1][:300])
    + gzip.compress(RECORDS[1][300:] + RECORDS[2]),
    "each record in two members": b"".join(gzip.compress(one[:20]) + gzip.compress(one[20:]) for one in RECORDS),
    "a record whose line ends are in the next member": b"".join(gzip.compress(one) for one in RECORDS[:2])
    + gzip.compress(RECORDS[2][:-30])
    + gzip.compress(RECORDS[2][-30:]),
}


def blocks(path: Path) -> list[bytes]:
    return [one.block for one in whole_archive(path)]


@pytest.mark.parametrize("name", [*READ, *REFUSED])
def test_what_is_whole_is_read_and_a_repaired_copy_has_no_fault(tmp_path: Path, name: str) -> None:
    octets = (READ | REFUSED)[name]
    path = tmp_path / ("a.warc.gz" if octets.startswith(b"\x1f") else "a.warc")
    path.write_bytes(octets)
    found = {finding.severity for finding in verdict(octets)}
    assert found and "damage" not in found, "odd, but nothing is lost"
    if name in READ:
        assert blocks(path)[1:] == [section("/nha-san-post7.html"), ARTICLE]
    else:
        with pytest.raises(RecordsShareMember, match=f"'baotinh repair {path}'"):
            blocks(path)
    done = repair(path)
    assert done.path is not None and done.lost == () and done.records == 3
    assert verdict(done.path.read_bytes()) == []
    assert blocks(done.path)[1:] == [section("/nha-san-post7.html"), ARTICLE]
    copied = done.path.read_bytes()
    assert (gzip.decompress(copied) if copied.startswith(b"\x1f") else copied) == b"".join(RECORDS)


def test_the_commands_say_what_helps(tmp_path: Path) -> None:
    reading = Reading(tmp_path, REFUSED["one member for all"])
    done = baotinh("crawl", reading.paper, "--from-archive", reading.archive, "--collection", reading.root)
    assert done.returncode == 1 and f"'baotinh repair {reading.archive}'" in done.stderr
    assert "baotinh repair" in baotinh("verify", reading.archive).stdout
    done = baotinh("repair", reading.archive)
    assert done.returncode == 0 and "3 records" in done.stdout and "no record lost" in done.stdout
    reading.archive = reading.archive.with_name("others.repaired.warc.gz")
    reading.crawl()
    assert reading.titles() == {"/nha-san-post7.html": "Nhà sàn bên suối"}


def test_a_file_without_damage_is_not_copied_and_its_records_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(zipped(RECORDS))
    done = baotinh("repair", path)
    assert done.returncode == 0 and "holds 3 records and no damage: no copy was written" in done.stdout


@pytest.mark.parametrize(
    ("octets", "helps"),
    [
        (zstandard.compress(b"".join(RECORDS)), "zstd -d"),
        (b"\x5d\x2a\x4d\x18\4\0\0\0abcd" + zstandard.compress(b"".join(RECORDS)), "zstd -d"),
        (gzip.compress(b"filedesc://cu.arc 0.0.0.0 20060101000000 text/plain 0\n\n"), "warcio recompress"),
    ],
    ids=["zstd", "zstd behind a skippable frame", "ARC"],
)
def test_a_file_of_another_kind_names_what_makes_it_a_warc_file(tmp_path: Path, octets: bytes, helps: str) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(octets)
    with pytest.raises(NotAWarc, match=helps):
        blocks(path)


def test_a_date_of_fourteen_digits_is_a_breach_and_is_read(tmp_path: Path) -> None:
    dated = [RECORDS[0], response(2, f"{HOST}/", ARTICLE, date="20061231235958")]
    assert {finding.severity for finding in verdict(zipped(dated))} == {"breach"}
    path = tmp_path / "a.warc.gz"
    path.write_bytes(zipped(dated))
    assert blocks(path)[1:] == [ARTICLE]
    assert parse_warc_date("20061231235958") == datetime(2006, 12, 31, 23, 59, 58, tzinfo=UTC)


def test_a_damaged_archive_names_the_command_that_helps(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    broken = bytearray(gzip.compress(RECORDS[1], mtime=0))
    broken[len(broken) // 2] ^= 0xFF
    path.write_bytes(gzip.compress(RECORDS[0]) + bytes(broken) + gzip.compress(RECORDS[2]))
    with pytest.raises(ArchiveDamaged, match=f"'baotinh repair {path}'"):
        blocks(path)
    done = repair(path)
    assert [(lost.type, lost.is_capture) for lost in done.lost] == [("response", True)]
    assert done.path is not None and blocks(done.path)[1:] == [ARTICLE]
