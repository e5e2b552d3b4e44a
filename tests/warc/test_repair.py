"""Repair: the sound records of a damaged file, byte for byte, in a file that has no damage; the old one untouched."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warc.samples import PAGE, count, record, sound_records, verdict, zipped

from archive.errors import NothingSaved, OutputExists
from archive.warc.repair import repair

RECORDS = sound_records()
MEMBERS = [gzip.compress(each, mtime=0) for each in RECORDS]
# a place, what is put there, and whether more is taken away than is put
CHANGE = st.tuples(st.floats(0, 1), st.binary(max_size=20), st.booleans())


def test_a_damaged_member_is_left_out_and_the_others_are_copied(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    broken = bytearray(MEMBERS[4])
    broken[len(broken) // 2] ^= 0xFF
    damaged = b"".join([*MEMBERS[:4], bytes(broken), b"garbage", *MEMBERS[5:]])
    path.write_bytes(damaged)
    done = repair(path)
    assert done.path == tmp_path / "a.repaired.warc.gz"
    assert done.path.read_bytes() == b"".join([*MEMBERS[:4], *MEMBERS[5:]])
    assert path.read_bytes() == damaged
    (left,) = done.left_out
    assert (left.offset, left.length) == (len(b"".join(MEMBERS[:4])), len(broken) + 7)
    assert "gzip" in left.reason and done.records == len(RECORDS) - 1
    assert [finding for finding in verdict(done.path.read_bytes()) if finding.severity == "damage"] == []
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.repaired.warc.gz", "a.warc.gz"]


def test_an_uncompressed_file_is_repaired_alike(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    false = record("response", 2, PAGE, [("Content-Length", "7")])
    path.write_bytes(RECORDS[0] + false + b"".join(RECORDS[2:]) + RECORDS[1][:-3])
    done = repair(path, tmp_path / "b.warc")
    assert (tmp_path / "b.warc").read_bytes() == RECORDS[0] + b"".join(RECORDS[2:])
    assert [left.length for left in done.left_out] == [len(false), len(RECORDS[1]) - 3]


def test_records_that_share_a_member_are_compressed_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(b"".join(RECORDS))[:-20])
    done = repair(path)
    assert done.is_inflated and done.path
    copied = done.path.read_bytes()
    assert gzip.decompress(copied) == b"".join(RECORDS)[: len(gzip.decompress(copied))]
    assert verdict(copied) == [] and count(copied) == done.records > 1


def test_a_header_that_changed_is_put_right(tmp_path: Path) -> None:
    octets = bytearray(b"".join(MEMBERS))
    octets[len(MEMBERS[0]) + 4] ^= 1  # a time
    path = tmp_path / "a.warc.gz"
    path.write_bytes(octets)
    done = repair(path)
    assert done.path and done.left_out == () and done.records == len(RECORDS)
    assert gzip.decompress(done.path.read_bytes()) == b"".join(RECORDS) and verdict(done.path.read_bytes()) == []


def test_what_is_sound_is_copied_only_on_demand(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(MEMBERS))
    done = repair(path)
    assert done.path is None and done.records == len(RECORDS) and len(list(tmp_path.iterdir())) == 1
    assert repair(path, tmp_path / "b.warc.gz").left_out == ()
    assert (tmp_path / "b.warc.gz").read_bytes() == path.read_bytes()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(MEMBERS)[:-5])
    (tmp_path / "a.repaired.warc.gz").write_text("mine")
    with pytest.raises(OutputExists):
        repair(path)
    assert (tmp_path / "a.repaired.warc.gz").read_text() == "mine"
    with pytest.raises(OutputExists):
        repair(path, path)


def test_where_nothing_is_sound_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(MEMBERS[0][:-5])
    with pytest.raises(NothingSaved):
        repair(path)
    assert [found.name for found in tmp_path.iterdir()] == ["a.warc.gz"]


def test_an_arc_file_is_repaired(tmp_path: Path) -> None:
    block = b"1 0 samples\nURL IP-address Archive-date Content-type Archive-length\n"
    head = b"filedesc://a.arc 0.0.0.0 20080430204825 text/plain %d\n" % len(block) + block + b"\n"
    document = b"http://a.test/ 127.0.0.1 20080430204825 text/html 5\nhello\n"
    path = tmp_path / "a.arc"
    path.write_bytes(head + document + document.replace(b" 5\n", b" 9\n") + document)
    done = repair(path, is_arc=True)
    assert done.path == tmp_path / "a.repaired.arc"
    assert done.path.read_bytes() == head + document + document


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.booleans(), st.lists(CHANGE, min_size=1, max_size=4))
def test_a_copy_has_no_damage_whatever_happened(
    tmp_path: Path, is_zipped: bool, changes: list[tuple[float, bytes, bool]]
) -> None:
    octets = zipped(RECORDS) if is_zipped else b"".join(RECORDS)
    for place, piece, is_cut in changes:
        at = int(place * len(octets))
        octets = octets[:at] + piece + octets[at + (len(piece) if not is_cut else 4 * len(piece)) :]
    path, copy = tmp_path / "x.warc", tmp_path / "y.warc"
    path.write_bytes(octets)
    copy.unlink(missing_ok=True)
    try:
        done = repair(path, copy)
    except NothingSaved:
        return
    assert [finding for finding in verdict(copy.read_bytes()) if finding.severity == "damage"] == []
    assert count(copy.read_bytes()) == done.records
