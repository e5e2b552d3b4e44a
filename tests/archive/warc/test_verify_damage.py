"""Damage of every sort: found wherever it is, read on behind it, and never an exception."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.warc_samples import PAGE, count, is_accused, record, sound_records, uid, verdict, zipped

from archive.cli.fault_words import fault_words
from archive.warc.check.arc import verify_arc_stream
from archive.warc.check.verify import verify_stream

RECORDS = sound_records()
PLAIN, ZIPPED = b"".join(RECORDS), zipped(RECORDS)
BOUNDS_PLAIN = {len(b"".join(RECORDS[:number])) for number in range(1, len(RECORDS) + 1)}
BOUNDS_ZIPPED = {len(zipped(RECORDS[:number])) for number in range(1, len(RECORDS) + 1)}


@pytest.mark.parametrize(("octets", "bounds"), [(PLAIN, BOUNDS_PLAIN), (ZIPPED, BOUNDS_ZIPPED)], ids=["plain", "gz"])
def test_every_cut_is_found(octets: bytes, bounds: set[int]) -> None:
    assert [at for at in range(len(octets)) if at not in bounds and not is_accused(octets[:at])] == []


def test_every_flipped_bit_of_meaning_is_found_in_a_gzip_file() -> None:
    """Bits that no checksum covers and that mean nothing pass: the padding behind deflate, the level in the header."""
    some = RECORDS[0], RECORDS[3], RECORDS[10]
    octets, silent = zipped(some), []
    for at in range(len(octets)):
        for bit in range(8):
            flipped = bytearray(octets)
            flipped[at] ^= 1 << bit
            if not verdict(bytes(flipped)):
                silent.append(bytes(flipped))
    assert len(silent) < 8 * len(some)
    for flipped_octets in silent:
        assert gzip.decompress(flipped_octets) == b"".join(some)


def test_every_flipped_bit_of_a_block_is_found_in_a_plain_file() -> None:
    start = PLAIN.index(PAGE)
    for at in range(start, start + len(PAGE)):
        flipped = bytearray(PLAIN)
        flipped[at] ^= 1
        assert any(
            finding.severity == "damage" and finding.record_id == uid(2)[1:-1] for finding in verdict(bytes(flipped))
        )


def test_the_last_revisit_cut_is_found() -> None:
    for cut in range(1, 5):
        (finding,) = verdict(PLAIN[:-cut])
        assert finding.severity == "damage" and finding.record_id == uid(11)[1:-1]
    for cut in range(1, 20):
        assert [finding.severity for finding in verdict(ZIPPED[:-cut])] == ["damage"]


@pytest.mark.parametrize(
    "garbage", [b"\0" * 600, b"garbage", b"\r\n", b"WARC/1.1", b"\x1f\x8b\x08", b"\x1f\x8b\x08\x00" * 50]
)
@pytest.mark.parametrize("is_zipped", [True, False])
def test_garbage_is_found_and_passed_over(garbage: bytes, is_zipped: bool) -> None:
    parts = [gzip.compress(each, mtime=0) for each in RECORDS] if is_zipped else RECORDS
    for at in range(len(parts) + 1):
        octets = b"".join(parts[:at]) + garbage + b"".join(parts[at:])
        assert is_accused(octets) and count(octets) == len(RECORDS)


def test_behind_a_damaged_record_the_next_is_read() -> None:
    for number in range(len(RECORDS)):
        members = [gzip.compress(each, mtime=0) for each in RECORDS]
        offset = len(b"".join(members[:number]))
        broken = bytearray(members[number])
        broken[-6] ^= 0xFF
        members[number] = bytes(broken)
        (finding,) = verdict(b"".join(members))
        assert (finding.offset, finding.severity, finding.record_id) == (offset, "damage", uid(number + 1)[1:-1])
        assert count(b"".join(members)) == len(RECORDS) - 1


@pytest.mark.parametrize("said", ["1", "99999", str(10**15), str(len(PAGE) - 1), str(len(PAGE) + 1), "9" * 30])
def test_a_false_length_swallows_no_other_record(said: str) -> None:
    false = record("response", 2, PAGE, [("Content-Length", said)])
    octets = RECORDS[0] + false + RECORDS[2]
    assert is_accused(octets) and count(octets) == 2
    assert is_accused(zipped([RECORDS[0], false, RECORDS[2]])) and count(zipped([RECORDS[0], false, RECORDS[2]])) == 2


def test_a_record_may_hold_a_whole_warc_file() -> None:
    octets = record("resource", 1, PLAIN, [("Content-Type", "application/warc")]) + RECORDS[1]
    assert verdict(octets) == [] and count(octets) == 2


@pytest.mark.parametrize(
    "octets", [b"", b"\r\n", b"WARC", b"WARC/1.0", b"WARC/1.0\r\n", b"WARC/1.0\r\n\r\n", b"\x1f\x8b\x08"]
)
def test_a_file_without_a_record_is_damaged(octets: bytes) -> None:
    assert is_accused(octets) and count(octets) == 0


def test_a_member_that_inflates_to_very_much_needs_little_memory() -> None:
    """50 MB of zeros where a head, a block, or nothing should be."""
    compressor = zlib.compressobj(9, wbits=31)
    bomb = b"".join(compressor.compress(b"\0" * 1_000_000) for _ in range(50)) + compressor.flush()
    head = record("resource", 1, b"", [("Content-Length", "50000000"), ("Content-Type", "x/y")])[:-4]
    compressor = zlib.compressobj(9, wbits=31)
    block = compressor.compress(head) + b"".join(compressor.compress(b"\0" * 1_000_000) for _ in range(50))
    block += compressor.compress(b"\r\n\r\n") + compressor.flush()
    fields = zlib.compressobj(9, wbits=31)
    many = fields.compress(b"WARC/1.1\r\n") + b"".join(fields.compress(b"X: y\r\n" * 100_000) for _ in range(80))
    many += fields.flush()
    tracemalloc.start()
    for octets, expected in ((bomb, 1), (block, 2), (many, 1)):
        assert count(octets + gzip.compress(RECORDS[1])) == expected
    assert tracemalloc.get_traced_memory()[1] < 40_000_000
    tracemalloc.stop()


MUTATIONS = st.lists(
    st.tuples(st.sampled_from(["set", "cut", "insert", "double", "end"]), st.floats(0, 1), st.binary(max_size=40)),
    min_size=1, max_size=5,
)  # fmt: skip


def mutated(octets: bytes, mutations: list[tuple[str, float, bytes]]) -> bytes:
    for kind, place, piece in mutations:
        at = int(place * len(octets))
        if kind == "set":
            octets = octets[:at] + piece + octets[at + len(piece) :]
        elif kind == "cut":
            octets = octets[:at] + octets[at + 5 * len(piece) :]
        elif kind == "insert":
            octets = octets[:at] + piece + octets[at:]
        elif kind == "double":
            octets = octets[:at] + octets[at // 2 : at // 2 + 300] + octets[at:]
        else:
            octets = octets[:at]
    return octets


@settings(max_examples=400)
@given(st.sampled_from([PLAIN, ZIPPED, gzip.compress(PLAIN)]), MUTATIONS)
def test_nothing_makes_the_check_fail(octets: bytes, mutations: list[tuple[str, float, bytes]]) -> None:
    verdict(mutated(octets, mutations))


@settings(max_examples=400)
@given(st.sampled_from([PLAIN, ZIPPED, gzip.compress(PLAIN)]), MUTATIONS)
def test_reading_for_damage_alone_finds_the_same_records_and_damage(
    octets: bytes, mutations: list[tuple[str, float, bytes]]
) -> None:
    octets = mutated(octets, mutations)
    assert read(octets, only_damage=True) == read(octets, only_damage=False)


def read(octets: bytes, *, only_damage: bool) -> list[tuple[object, ...]]:
    """Each record's place, fields, status and end, and the damage; without verdicts that report no damage."""
    found: list[tuple[object, ...]] = []
    for one, findings in verify_stream(BytesIO(octets), "a.warc", only_damage=only_damage):
        damage = [finding for finding in findings if finding.severity == "damage"]
        if one is not None:
            head = one.head
            found.append((one.offset, one.length, one.is_ended, one.status, head.fields, head.concurrent, damage))
        elif damage:
            found.append((damage,))
    return found


@settings(max_examples=300)
@given(st.sampled_from([b"", b"WARC/1.1\r\n", b"\x1f\x8b\x08\x00", b"filedesc://"]), st.binary(max_size=300))
def test_no_bytes_make_the_check_fail(start: bytes, rest: bytes) -> None:
    verdict(start + rest)
    for _, findings in verify_arc_stream(BytesIO(start + rest), "a.arc"):
        assert all(fault_words(finding.fault) for finding in findings)


def test_offsets_and_lengths_are_those_of_the_file() -> None:
    for octets, parts in ((PLAIN, RECORDS), (ZIPPED, [gzip.compress(each, mtime=0) for each in RECORDS])):
        checked = [found for found, _ in verify_stream(BytesIO(octets), "a") if found]
        assert [octets[found.offset : found.offset + found.length] for found in checked] == parts
