"""The end of verify, backup and compact is recorded, and a catalog that cannot be written does not hinder them."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.crawling import baotinh
from support.past_runs import HOUR, Past

from archive.catalog.maintenance import Maintenance, last_maintenance
from archive.maintenance import recorded


@pytest.fixture
def held(tmp_path: Path) -> Past:
    past = Past(tmp_path / "held")
    past.run(HOUR)
    return past


def last(past: Past) -> dict[str, Maintenance]:
    with past.collection.catalog() as catalog:
        return last_maintenance(catalog.connection)


def test_commands_record_their_end(held: Past, tmp_path: Path) -> None:
    root = held.collection.root
    assert last(held) == {}
    assert baotinh("backup", tmp_path / "copy", "--collection", root).returncode == 0
    assert baotinh("compact", "--collection", root).returncode == 0
    assert baotinh("verify", "--collection", root).returncode in (0, 1)
    found = last(held)
    assert set(found) == {"backup", "compact", "verify"} and found["backup"].detail["place"] == str(tmp_path / "copy")


def test_a_part_of_a_check_and_a_dry_run_are_no_maintenance(held: Past) -> None:
    root = held.collection.root
    baotinh("compact", "--dry-run", "--collection", root)
    baotinh("verify", "--sample", "1%", "--collection", root)
    assert last(held) == {}


def test_what_fails_is_recorded_with_its_reason(held: Past) -> None:
    with pytest.raises(ValueError, match="no room"), recorded(held.collection, "backup"):
        raise ValueError("no room")
    assert (last(held)["backup"].outcome, last(held)["backup"].detail) == ("failed", {"failure": "no room"})


def test_a_catalog_that_cannot_be_written_hinders_nothing(held: Past) -> None:
    with recorded(held.collection, "backup") as recording:
        held.write("PRAGMA user_version = 999")
        recording.detail = {"files": 1}
    assert recording.outcome == "finished"
