"""Files that other programs wrote oddly: `verify`, a crawl of them and `repair` agree on what they are."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from support.crawling import baotinh
from support.others_archive import HOST, SECTION, Reading, page, response, section
from support.warc_samples import record, sha1, verdict, zipped

from archive.errors import ArchiveDamaged, RecordsShareMember
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
    "empty lines, not compressed": b"\r\n\r\n".join(RECORDS),
}
REFUSED = {
    "one member for all": gzip.compress(b"".join(RECORDS)),
    "one member for all, one line end": gzip.compress(b"".join(ended(b"\r\n"))),
    "two records in a member": gzip.compress(RECORDS[0]) + gzip.compress(b"".join(RECORDS[1:])),
    "a record in two members": gzip.compress(RECORDS[0])
    + gzip.compress(RECORDS[1][:300])
    + gzip.compress(RECORDS[1][300:] + RECORDS[2]),
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
        with pytest.raises((RecordsShareMember, ArchiveDamaged), match=f"'baotinh repair {path}'"):
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
