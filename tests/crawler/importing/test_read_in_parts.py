"""A file that several processes read in parts gives the rows that one process reads."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.import_samples import INFO, archive, response, url_of

from archive.catalog import Catalog
from archive.collection import Collection
from archive.ingest.foreign import taking
from archive.ingest.foreign.incoming import FileOnDisk, Placing
from archive.ingest.foreign.reading import PartRead, rows_of, rows_of_part
from archive.ingest.foreign.taken import Fate, TakenFile
from archive.ingest.foreign.taking import Taking
from archive.ingest.runs import RunDescription
from archive.ingest.session import Session
from archive.revisit_policy import DEFAULT_POLICY
from archive.workers import Workers

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n"


def answers(sizes: list[int], first: int = 1) -> list[bytes]:
    made = random.Random(7)
    return [response(nth, url_of(nth), HEAD + made.randbytes(size)) for nth, size in enumerate(sizes, first)]


def in_parts(path: Path, size: int) -> list[Any] | None:
    """The rows of a file that is read in parts; None where they leave a gap."""
    rows: list[Any] = []
    end = 0
    for start in range(0, path.stat().st_size, size):
        for one in rows_of_part(path, path.name, range(start, start + size)):
            if not isinstance(one, PartRead):
                rows.append(one)
            elif one.start != end or one.end is None:
                return None
            else:
                end = one.end
    return rows if end == path.stat().st_size else None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=12), part=st.integers(50, 5000))
def test_a_sound_file_has_the_same_rows_in_parts_of_any_size(tmp_path: Path, sizes: list[int], part: int) -> None:
    path = archive(tmp_path / "kho.warc.gz", answers(sizes))
    assert in_parts(path, part) == list(rows_of(path, path.name))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(part=st.integers(50, 5000), at=st.floats(0, 1), flip=st.integers(1, 255))
def test_parts_of_a_damaged_file_either_leave_a_gap_or_give_the_same_rows(
    tmp_path: Path, part: int, at: float, flip: int
) -> None:
    path = archive(tmp_path / "kho.warc.gz", answers([800, 3, 1500, 90, 2500, 0, 700]))
    octets = bytearray(path.read_bytes())
    octets[int(at * (len(octets) - 1))] ^= flip
    path.write_bytes(octets)
    rows = in_parts(path, part)
    assert rows is None or rows == list(rows_of(path, path.name))


def within(path: Path) -> Path:
    """A file with a record that holds a whole WARC file, whose members begin within the record's own member."""
    inner = archive(path.parent / "trong.warc.gz", answers([400] * 40, first=100)).read_bytes()
    holding = response(50, url_of(50), HEAD + inner)
    members = [gzip.compress(one, compresslevel=0, mtime=0) for one in (INFO, *answers([300, 300]), holding)]
    path.write_bytes(b"".join(members) + gzip.compress(answers([20], first=60)[0], mtime=0))
    return path


def test_parts_that_begin_within_a_record_leave_a_gap(tmp_path: Path) -> None:
    path = within(tmp_path / "ngoai.warc.gz")
    assert in_parts(path, 3000) is None
    assert in_parts(path, 1 << 20) == list(rows_of(path, path.name))


def taken(root: Path, path: Path, processes: int) -> tuple[TakenFile, list[Any]]:
    """Import a file into a new collection: what became of it, and its captures."""
    run = RunDescription(newspaper="import", source="import", software="", settings={}, warcinfo={})
    session = Session(Collection.create(root), run, DEFAULT_POLICY)
    catalog: Catalog
    with session.collection.catalog(writable=True) as catalog, Workers(processes) as workers:
        found = Taking(session.collection, catalog, Placing.COPY, workers).take(FileOnDisk(path), session.run_id, NOW)
        rows = catalog.connection.execute("SELECT * FROM captures ORDER BY id").fetchall()
    session.close("finished", lambda: ({}, {}))
    return found, rows


@pytest.mark.parametrize("kind", ["sound", "within", "one member"])
def test_two_processes_import_what_one_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(taking, "_WORTH_SHARING", 1)
    monkeypatch.setattr(taking, "_SHARE", 3000)
    path = tmp_path / "kho.warc.gz"
    if kind == "sound":
        archive(path, answers([900] * 60))
    elif kind == "within":
        within(path)
    else:
        path.write_bytes(gzip.compress(INFO + b"".join(answers([900] * 60))))
    one, expected = taken(tmp_path / "one", path, 1)
    two, found = taken(tmp_path / "two", path, 2)
    assert (two, found) == (one, expected)
    assert (one.fate, one.captures) == {
        "sound": (Fate.IMPORTED, 60), "within": (Fate.IMPORTED, 4), "one member": (Fate.CONVERTED, 60),
    }[kind]  # fmt: skip
