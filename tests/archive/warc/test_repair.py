"""Repair: the sound records of a damaged file, byte for byte, in a file that has no damage; the old one untouched."""

from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.crawling import baotinh
from support.warc_samples import PAGE, count, record, sha1, sound_records, verdict, zipped

from archive.cli.fault_words import fault_words
from archive.errors import NothingSaved, OutputExists
from archive.warc.repair.copies import repair
from archive.warc.repair.salvage import KeepReason

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
    assert any("gzip" in fault_words(fault) for fault in left.faults) and done.records == len(RECORDS) - 1
    assert [finding for finding in verdict(done.path.read_bytes()) if finding.severity == "damage"] == []
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.repaired.warc.gz", "a.warc.gz"]


def test_an_uncompressed_file_is_repaired_alike(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    false = record("response", 2, PAGE, [("Content-Length", "7")])
    path.write_bytes(RECORDS[0] + false + b"".join(RECORDS[2:]) + RECORDS[1][:-5])
    done = repair(path, tmp_path / "b.warc")
    assert (tmp_path / "b.warc").read_bytes() == RECORDS[0] + b"".join(RECORDS[2:])
    assert [left.length for left in done.left_out] == [len(false), len(RECORDS[1]) - 5]


PROVEN = record("response", 2, PAGE, [("WARC-Block-Digest", sha1(PAGE))])
UNPROVEN = record("response", 2, PAGE)


def changed(octets: bytes, place: int, to: bytes) -> bytes:
    return octets[:place] + to + octets[len(octets) + place + len(to) :]


def stored(octets: bytes) -> bytes:
    """A member in which every byte stands as it is."""
    compressor = zlib.compressobj(0, wbits=31)
    return compressor.compress(octets) + compressor.flush()


@pytest.mark.parametrize("octets", [PROVEN, UNPROVEN], ids=["digest", "no digest"])
@pytest.mark.parametrize("is_last", [True, False])
def test_a_member_that_lacks_only_its_end_holds_a_whole_record(tmp_path: Path, octets: bytes, is_last: bool) -> None:
    """Cut in the checksum, at the end of the file or within it."""
    path, copy, behind = tmp_path / "a.warc.gz", tmp_path / "b.warc.gz", MEMBERS[3] if not is_last else b""
    member = gzip.compress(octets, mtime=0)
    for cut in range(1, 9):
        path.write_bytes(MEMBERS[0] + member[:-cut] + behind)
        copy.unlink(missing_ok=True)
        done = repair(path, copy)
        assert done.left_out == () and done.records == (2 if is_last else 3), cut
        assert gzip.decompress(copy.read_bytes()) == RECORDS[0] + octets + (RECORDS[3] if not is_last else b"")
        (mended,) = done.mended
        assert mended.offset == len(MEMBERS[0]) and fault_words(mended.fault)
        assert (mended.reason is KeepReason.BLOCK_DIGEST) == (octets == PROVEN)
        assert copy.read_bytes().startswith(MEMBERS[0]) and copy.read_bytes().endswith(behind)
        assert verdict(copy.read_bytes()) == []


def test_what_is_cut_of_a_block_is_not_made_up(tmp_path: Path) -> None:
    path, copy, member = tmp_path / "a.warc.gz", tmp_path / "b.warc.gz", stored(PROVEN)
    start = member.index(PROVEN)
    for cut in range(start, len(member)):
        path.write_bytes(MEMBERS[0] + member[:cut])
        copy.unlink(missing_ok=True)
        done = repair(path, copy)
        is_whole = cut >= start + len(PROVEN) - 4
        assert (len(done.mended), len(done.left_out)) == ((1, 0) if is_whole else (0, 1)), cut


@pytest.mark.parametrize(
    ("octets", "place", "to", "is_kept"),
    [
        (PROVEN, -8, b"\0\0", True),  # in the checksum
        (PROVEN, -8, b"\0" * 8, True),  # checksum and length
        (PROVEN, -4, b"\0" * 4, True),  # length
        (UNPROVEN, -4, b"\0" * 4, True),
        (UNPROVEN, -8, b"\0\0", False),
    ],
)
def test_a_wrong_checksum_is_put_right_where_the_record_is_proven(
    tmp_path: Path, octets: bytes, place: int, to: bytes, is_kept: bool
) -> None:
    path, copy = tmp_path / "a.warc.gz", tmp_path / "b.warc.gz"
    path.write_bytes(MEMBERS[0] + changed(gzip.compress(octets, mtime=0), place, to) + MEMBERS[3])
    done = repair(path, copy)
    assert (len(done.mended), len(done.left_out)) == ((1, 0) if is_kept else (0, 1))
    assert gzip.decompress(copy.read_bytes()) == RECORDS[0] + (octets if is_kept else b"") + RECORDS[3]


def test_a_head_that_changed_is_never_kept(tmp_path: Path) -> None:
    """No digest covers the head: there the checksum is the only witness."""
    path, member = tmp_path / "a.warc.gz", stored(PROVEN)
    start = member.index(PROVEN)
    for at in range(start, start + PROVEN.index(b"\r\n\r\n")):
        broken = bytearray(member)
        broken[at] ^= 1
        path.write_bytes(MEMBERS[0] + bytes(broken))
        (tmp_path / "b.warc.gz").unlink(missing_ok=True)
        assert repair(path, tmp_path / "b.warc.gz").mended == (), at


def test_the_line_ends_behind_a_whole_block_are_put_back(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.warc", tmp_path / "b.warc"
    for whole, cut, garbage, behind, is_kept in (
        (PROVEN, 1, b"", b"", True),
        (UNPROVEN, 4, b"", b"", True),
        (PROVEN, 4, b"", RECORDS[3], True),
        (PROVEN, 4, b"garbage", RECORDS[3], True),
        (UNPROVEN, 4, b"garbage", RECORDS[3], False),
    ):
        path.write_bytes(RECORDS[0] + whole[:-cut] + garbage + behind)
        copy.unlink(missing_ok=True)
        done = repair(path, copy)
        assert len(done.mended) == is_kept
        assert copy.read_bytes() == RECORDS[0] + (whole if is_kept else b"") + behind
        lost = len(garbage) if is_kept else len(whole[:-cut] + garbage)
        assert sum(left.length for left in done.left_out) == lost


@pytest.mark.parametrize("behind", [b"\r\n\r\n", b"\n\n"])
@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_lines_of_a_head_that_end_with_lf_alone_end_with_cr_lf_in_the_copy(
    tmp_path: Path, behind: bytes, packed: Callable[[bytes], bytes]
) -> None:
    path, copy = tmp_path / "a.warc", tmp_path / "b.warc"
    bare = []
    for one in RECORDS:
        head, _, rest = one.partition(b"\r\n\r\n")
        bare.append(head.replace(b"\r\n", b"\n") + b"\n\n" + rest.removesuffix(b"\r\n\r\n") + behind)
    path.write_bytes(b"".join(packed(one) for one in bare))
    done = repair(path, copy)
    assert {one.offset for one in done.mended} == set(itertools.accumulate([0, *map(len, map(packed, bare[:-1]))]))
    assert done.lost == done.left_out == ()
    octets = copy.read_bytes()
    assert (gzip.decompress(octets) if packed is gzip.compress else octets) == b"".join(RECORDS)


def test_records_that_share_a_damaged_member_need_a_digest(tmp_path: Path) -> None:
    """A byte that changed makes the checksum of all of them wrong: what has a digest of its own is kept."""
    path = tmp_path / "a.warc.gz"
    unproven, last = record("response", 3, PAGE), record("response", 4, PAGE, [("WARC-Block-Digest", sha1(PAGE))])
    member = stored(PROVEN + unproven + last)
    at = member.index(unproven) + len(unproven) - 40  # in the block that no digest covers
    path.write_bytes(changed(member, at - len(member), bytes([member[at] ^ 1])))
    done = repair(path)
    assert done.path and gzip.decompress(done.path.read_bytes()) == PROVEN + last
    assert [left.length for left in done.left_out] == [len(unproven)]


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
    assert [mended.offset for mended in done.mended] == [len(MEMBERS[0])]
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
    path.write_bytes(MEMBERS[0][:-25])
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


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.booleans(), st.lists(CHANGE, min_size=1, max_size=4), st.booleans())
def test_a_copy_has_no_damage_whatever_happened(
    tmp_path: Path, is_zipped: bool, changes: list[tuple[float, bytes, bool]], is_strict: bool
) -> None:
    octets = zipped(RECORDS) if is_zipped else b"".join(RECORDS)
    for place, piece, is_cut in changes:
        at = int(place * len(octets))
        octets = octets[:at] + piece + octets[at + (len(piece) if not is_cut else 4 * len(piece)) :]
    path, copy = tmp_path / "x.warc", tmp_path / "y.warc"
    path.write_bytes(octets)
    copy.unlink(missing_ok=True)
    try:
        done = repair(path, copy, is_strict=is_strict)
    except NothingSaved:
        return
    damage = [finding.rule[-3:] for finding in verdict(copy.read_bytes()) if finding.severity == "damage"]
    assert len(damage) == len(done.doubted) and set(damage) <= ({"5.9"} if not is_strict else set())
    assert count(copy.read_bytes()) == done.records


def test_a_file_whose_digests_were_counted_otherwise_is_kept_whole(tmp_path: Path) -> None:
    """As in ClueWeb, whose payload digests are those of the blocks."""
    path = tmp_path / "a.warc.gz"
    pages = [PAGE + b"<p>%d</p>" % number for number in range(30)]
    path.write_bytes(
        zipped(record("response", n, page, [("WARC-Payload-Digest", sha1(page))]) for n, page in enumerate(pages))
    )
    assert {finding.severity for finding in verdict(path.read_bytes())} == {"warning"}
    for is_strict in (False, True):
        done = repair(path, is_strict=is_strict)
        assert (done.path, done.records, done.lost, done.doubted) == (None, 30, (), ())


OTHERWISE = [("WARC-Payload-Digest", sha1(b"counted in a way that nobody knows"))]


@pytest.mark.parametrize(
    ("octets", "is_zipped", "is_kept"),
    [
        (record("response", 2, PAGE, OTHERWISE), True, True),  # by the checksum of its member
        (record("response", 2, PAGE, [("WARC-Block-Digest", sha1(b"unknown"))]), True, True),
        (record("response", 2, PAGE, OTHERWISE), False, False),
        (record("response", 2, PAGE, [*OTHERWISE, ("WARC-Block-Digest", sha1(PAGE))]), False, True),
        (record("response", 2, PAGE, [("WARC-Block-Digest", sha1(b"unknown"))]), False, False),
    ],
)
def test_what_a_second_witness_calls_sound_is_kept_unless_asked_otherwise(
    tmp_path: Path, octets: bytes, is_zipped: bool, is_kept: bool
) -> None:
    path, copy = tmp_path / "a.warc", tmp_path / "b.warc"
    records = [RECORDS[0], octets, RECORDS[3]]
    path.write_bytes(zipped(records) if is_zipped else b"".join(records))
    done = repair(path, copy)
    kept = copy.read_bytes()
    assert (gzip.decompress(kept) if is_zipped else kept) == b"".join(records if is_kept else [records[0], records[2]])
    assert len(done.doubted) == is_kept and [lost.type for lost in done.lost] == ([] if is_kept else ["response"])
    copy.unlink()
    strict = repair(path, copy, is_strict=True)
    assert strict.records == 2 and [(lost.type, lost.is_capture) for lost in strict.lost] == [("response", True)]


def test_records_that_share_a_member_have_its_checksum_for_a_witness(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    octets = record("response", 2, PAGE, OTHERWISE)
    path.write_bytes(gzip.compress(RECORDS[0] + octets))
    done = repair(path)
    assert done.path and gzip.decompress(done.path.read_bytes()) == RECORDS[0] + octets and len(done.doubted) == 1
    done.path.unlink()
    member = bytearray(stored(RECORDS[0] + PROVEN + octets))
    member[-40] ^= 1  # in the block of the last: now the checksum says nothing for any of them
    path.write_bytes(member)
    done = repair(path)
    assert done.path and gzip.decompress(done.path.read_bytes()) == PROVEN and done.doubted == ()


@pytest.mark.parametrize(
    ("behind", "code", "said"),
    [
        (b"", 1, "2 records lost, 1 capture among them"),
        (b"garbage", 1, "2 records lost, 1 capture among them, 1 place where no record can be identified"),
    ],
)
def test_the_command_says_what_is_lost(tmp_path: Path, behind: bytes, code: int, said: str) -> None:
    path = tmp_path / "a.warc.gz"
    broken = [bytearray(stored(one)) for one in (UNPROVEN, RECORDS[3])]
    for one in broken:
        one[-40] ^= 0xFF
    path.write_bytes(MEMBERS[0] + bytes(broken[0]) + MEMBERS[2] + behind + bytes(broken[1]) + MEMBERS[5])
    done = baotinh("repair", path)
    assert (done.returncode, done.stdout.splitlines()[-1].rpartition("; ")[2]) == (code, f"{said}.")


def test_where_nothing_is_lost_the_command_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(b"\r\n".join(RECORDS))
    done = baotinh("repair", path)
    assert done.returncode == 0 and done.stdout.splitlines()[-1].endswith("; no record lost.")
    assert verdict((tmp_path / "a.repaired.warc").read_bytes()) == []
