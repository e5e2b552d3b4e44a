"""Collections of several machines brought together: as one machine would have it, again and again, or refused whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from support.crashing import kill_at_each_step
from support.crawling import baotinh
from support.sessions import NOON, article, exchange, nothing, session, write

from archive.checking.collection import verify
from archive.collection import Collection
from archive.errors import BackupInside, CollectionInconsistent, MergeConflict
from archive.merge import merge
from archive.projections.json_lines import RunLines

Wording = tuple[int, str, int]
"""An article's number, its text, and the minutes after noon at which it was captured."""


def crawled(root: Path, *wordings: Wording, hours: int = 0) -> Collection:
    """A run that began so many hours after noon and released these wordings."""
    writing = session(root, clock=lambda: NOON + timedelta(hours=hours))
    for number, text, minutes in wordings:
        url = f"http://baocantho.test/a-a{number}.html"
        at = NOON + timedelta(minutes=minutes)
        capture = write(writing, exchange(url, f"<p>{text}".encode(), began_at=at))
        made = attrs.evolve(article(capture, text, minutes), url=url, article_id=str(number))
        writing.release(made).result(60)
    writing.close("finished", nothing)
    RunLines(writing.collection, writing.run_id, writing.run_name).finish()
    return writing.collection


def versions(collection: Collection) -> list[tuple[str, str, str]]:
    """Article, text and record of each version, in the order of the captures."""
    with collection.catalog() as catalog:
        found = catalog.versions_after(0, limit=1000)
    made = [(one.captured_at, one.article()) for one in found]
    return [
        (said.id, said.body[0].text, said.capture.record_id)
        for _, said in sorted(made, key=lambda pair: pair[0])
        if said.capture
    ]


def texts(found: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [(name.partition(":")[2], text) for name, text, _ in found]


def files(root: Path) -> set[str]:
    return {path.name for path in (root / "warc").iterdir()}


def test_each_wording_is_kept_once_in_a_row_and_every_record(tmp_path: Path) -> None:
    one = crawled(tmp_path / "one", (1, "một", 0), (1, "hai", 20), (2, "của máy một", 5))
    other = crawled(tmp_path / "other", (1, "một", 10), (3, "của máy hai", 7), hours=1)
    merged = merge(tmp_path / "both", [one, other])
    assert (merged.copied, merged.kept) == (2, 0) and not merged.rebuilt.left_out
    both = Collection.open(tmp_path / "both")
    assert texts(versions(both)) == [
        ("1", "một"), ("2", "của máy một"), ("3", "của máy hai"), ("1", "hai"),
    ]  # fmt: skip
    assert merged.rebuilt.duplicates == 1
    assert files(both.root) == files(one.root) | files(other.root)
    with both.catalog() as catalog:
        assert catalog.count_captures() == 5
    assert verify(both).findings == []


def test_a_second_merge_brings_what_is_new_and_changes_nothing_else(tmp_path: Path) -> None:
    one, other = crawled(tmp_path / "one", (1, "một", 0)), crawled(tmp_path / "other", (1, "một", 10), hours=1)
    merge(tmp_path / "both", [one, other])
    both = Collection.open(tmp_path / "both")
    before = versions(both)
    again = merge(both.root, [one, other])
    assert (again.copied, again.kept, again.bytes_copied) == (0, 2, 0) and versions(both) == before
    crawled(tmp_path / "other", (4, "bốn", 70), hours=2)
    third = merge(both.root, [other])
    assert (third.copied, third.kept) == (1, 1)
    assert texts(versions(both)) == [("1", "một"), ("4", "bốn")] and verify(both).findings == []


def test_a_source_may_be_crawled_meanwhile(tmp_path: Path) -> None:
    writing = session(tmp_path / "one")
    capture = write(writing, exchange())
    writing.release(article(capture)).result(60)
    with (tmp_path / "one" / "warc" / f"{capture.file}.open").open("ab") as stream:
        stream.write(b"half a record")
    merge(tmp_path / "both", [Collection.open(tmp_path / "one")])
    both = Collection.open(tmp_path / "both")
    assert texts(versions(both)) == [("1", "một")] and verify(both).findings == []
    writing.close("finished", nothing)


def test_a_file_that_grew_since_takes_the_place_of_its_beginning(tmp_path: Path) -> None:
    writing = session(tmp_path / "one")
    write(writing, exchange())
    merge(tmp_path / "both", [Collection.open(tmp_path / "one")])
    writing.release(article(write(writing, exchange(body=b"<p>hai")), "hai")).result(60)
    writing.close("finished", nothing)
    one = Collection.open(tmp_path / "one")
    assert merge(tmp_path / "both", [one]).copied == 1
    both = Collection.open(tmp_path / "both")
    assert [path.read_bytes() for path in both.warc.iterdir()] == [path.read_bytes() for path in one.warc.iterdir()]
    assert len(versions(both)) == 1 and verify(both).findings == []
    assert merge(tmp_path / "both", [one]).kept == 1


def test_two_files_of_one_name_are_refused_before_anything_is_copied(tmp_path: Path) -> None:
    one, other = crawled(tmp_path / "one", (1, "một", 0)), crawled(tmp_path / "other", (2, "hai", 0))
    third = crawled(tmp_path / "third", (3, "ba", 0), hours=3)
    merge(tmp_path / "both", [one])
    with pytest.raises(MergeConflict) as caught:
        merge(tmp_path / "both", [third, other])
    assert caught.value.source == other.root and caught.value.name.startswith("warc/BAOTINH-baocantho-")
    assert files(tmp_path / "both") == files(one.root)


def test_damage_in_a_source_is_told_and_takes_no_place(tmp_path: Path) -> None:
    one = crawled(tmp_path / "one", (1, "một", 0))
    (path,) = one.warc.iterdir()
    octets = bytearray(path.read_bytes())
    octets[-20] ^= 1
    path.write_bytes(octets)
    with pytest.raises(CollectionInconsistent, match="checksum"):
        merge(tmp_path / "both", [one])
    assert files(tmp_path / "both") == set()


def test_a_collection_within_the_other_is_refused(tmp_path: Path) -> None:
    one = crawled(tmp_path / "one", (1, "một", 0))
    for root in (tmp_path, tmp_path / "one", tmp_path / "one" / "both"):
        with pytest.raises(BackupInside):
            merge(root, [one])


def test_killed_at_any_step_it_loses_nothing_and_goes_on(tmp_path: Path) -> None:
    source = tmp_path / "source"
    crawled(source / "one", (1, "một", 0), (2, "hai", 1))
    crawled(source / "other", (1, "một", 10), (3, "ba", 11), hours=1)
    crawled(source / "both", (4, "bốn", 20), hours=2)
    imports = "from archive.collection import Collection\nfrom archive.merge import merge"
    call = "merge(root / 'both', [Collection.open(root / name) for name in ('one', 'other')])"
    roots = kill_at_each_step(source, tmp_path / "work", imports, call)
    assert len(roots) > 10
    for root in roots:
        merge(root / "both", [Collection.open(root / name) for name in ("one", "other")])
        both = Collection.open(root / "both")
        assert texts(versions(both)) == [("1", "một"), ("2", "hai"), ("3", "ba"), ("4", "bốn")]
        assert verify(both).findings == [] and not list(both.root.rglob("*.part"))


def test_what_a_killed_crawl_of_the_collection_had_released_stays(tmp_path: Path) -> None:
    """Its lines are behind its catalog."""
    crawled(tmp_path / "one", (1, "một", 0))
    writing = session(tmp_path / "both", clock=lambda: NOON + timedelta(hours=1))
    url = "http://baocantho.test/a-a5.html"
    made = attrs.evolve(article(write(writing, exchange(url, b"<p>nam")), "năm"), url=url, article_id="5")
    writing.release(made).result(60)
    writing.fail(OSError("killed"))
    with pytest.raises(OSError, match="killed"):
        writing.admit(10).result(60)
        writing.write(exchange()).result(60)
    writing.close("failed", nothing)
    merge(tmp_path / "both", [Collection.open(tmp_path / "one")])
    assert sorted(texts(versions(Collection.open(tmp_path / "both")))) == [("1", "một"), ("5", "năm")]


def test_by_the_command(tmp_path: Path) -> None:
    for hours, name in enumerate(("one", "other")):
        crawled(tmp_path / name, (hours, f"tin số {hours}", hours), hours=hours)
    done = baotinh("merge", tmp_path / "one", tmp_path / "other", "--collection", tmp_path / "both")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 files; " in done.stdout and "2 articles" in done.stdout
    done = baotinh("merge", tmp_path / "none", "--collection", tmp_path / "both")
    assert done.returncode == 2 and "none" in done.stderr
