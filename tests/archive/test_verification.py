"""Verifying a collection: whatever disagrees with whatever else is found, and nothing is said of what is sound."""

from __future__ import annotations

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from support.crawling import baotinh
from support.sessions import NOON, article, exchange, nothing, session, write
from support.warc_samples import record, sound_records, uid, zipped

from archive.checking import warc_file
from archive.checking.collection import verify
from archive.cli.fault_words import fault_words
from archive.collection import Collection
from archive.errors import SetDamage
from archive.export.freezing import freeze
from archive.ingest.session import Session
from archive.projections import cdxj_files
from archive.projections.json_lines import RunLines
from archive.search.selection import Selection
from archive.sets.files import save
from archive.warc.check.findings import Finding
from archive.warc.check.verify import verify_file


def build(root: Path) -> Collection:
    """Three captures in two files, one of them a revisit; one article; indexes and JSON lines."""
    writing = session(root)
    lines = RunLines(writing.collection, writing.run_id, writing.run_name)
    first = write(writing, exchange())
    writing.release(article(first)).result(60)
    write(writing, exchange("http://baocantho.test/b-a2.html", os.urandom(200), began_at=NOON + timedelta(seconds=1)))
    lines.finish()
    writing.close("finished", nothing)
    writing = session(root)
    again = exchange(began_at=NOON + timedelta(hours=1))
    write(writing, again)
    writing.close("finished", nothing)
    collection = Collection.open(root)
    with collection.catalog() as catalog:
        cdxj_files.write_all(collection, catalog)
    return collection


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return build(tmp_path_factory.mktemp("collection") / "built")


@pytest.fixture
def collection(built: Collection, tmp_path: Path) -> Collection:
    shutil.copytree(built.root, tmp_path / "copy")
    return Collection.open(tmp_path / "copy")


def bad(collection: Collection) -> list[Finding]:
    return [finding for finding in verify(collection).findings if finding.severity != "warning"]


def warcs(collection: Collection) -> list[Path]:
    return sorted(collection.warc.iterdir())


def change(collection: Collection, statement: str) -> None:
    with collection.catalog(writable=True) as catalog:
        catalog.connection.execute("PRAGMA foreign_keys = OFF")
        catalog.connection.execute(statement)


def test_a_sound_collection_is_sound(collection: Collection) -> None:
    said = verify(collection)
    assert said.findings == []
    assert (said.files, said.captures, said.versions) == (2, 3, 1)


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("url", "'http://a.test/'", "address"),
        ("length", "7", "length"),
        ("status", "404", "status"),
        ("payload_digest", "'sha1:x'", "payload digest"),
        ("captured_at", "'2020-01-01T00:00:00.000000Z'", "time"),
        ("record_id", "'urn:x:1'", "record id"),
        ("offset", "7", "not where the catalog says"),
        ("refers_to", "'urn:x:1'", "refers to"),
    ],
)
def test_a_catalog_that_says_otherwise(collection: Collection, column: str, value: str, what: str) -> None:
    change(collection, f"UPDATE captures SET {column} = {value} WHERE id = 2")
    assert any(what in fault_words(finding.fault) and finding.rule == "catalog" for finding in bad(collection))


def test_a_capture_that_the_catalog_lost(collection: Collection) -> None:
    change(collection, "DELETE FROM captures WHERE id = 2")
    assert any("is not in the catalog" in fault_words(finding.fault) for finding in bad(collection))


def test_a_file_that_is_gone(collection: Collection) -> None:
    warcs(collection)[0].unlink()
    (finding, *_) = bad(collection)
    assert finding.severity == "damage" and "cannot be read" in fault_words(finding.fault)


def test_a_file_that_is_shorter_or_longer(collection: Collection) -> None:
    path = warcs(collection)[0]
    octets = path.read_bytes()
    path.write_bytes(octets[:-3])
    assert any("of the" in fault_words(finding.fault) for finding in bad(collection))
    path.write_bytes(octets + b"more")
    (finding,) = bad(collection)
    assert "4 bytes stand behind" in fault_words(finding.fault) and finding.offset == len(octets)


def test_every_bit_of_a_file_counts(collection: Collection) -> None:
    """Also those of a gzip header, that nothing else in the file accounts for."""
    path = warcs(collection)[0]
    octets = path.read_bytes()
    for at in [*range(40), *range(len(octets) - 40, len(octets))]:
        for bit in (0, 7):
            flipped = bytearray(octets)
            flipped[at] ^= 1 << bit
            path.write_bytes(flipped)
            assert any(finding.severity == "damage" for finding in bad(collection)), (at, bit)


def test_files_that_the_catalog_does_not_know(collection: Collection) -> None:
    (collection.warc / "other.warc.gz").write_bytes(zipped(sound_records()))
    (finding,) = bad(collection)
    assert finding.file == "other.warc.gz" and "does not know" in fault_words(finding.fault)
    (collection.warc / "other.warc.gz").rename(collection.warc / "other.warc.gz.open")
    assert [finding.severity for finding in verify(collection).findings] == ["warning"]


def test_a_frozen_set_that_is_not_as_it_was_frozen(collection: Collection) -> None:
    path = save(collection, freeze(collection, "tất-cả", Selection.of("")))
    assert not verify(collection).findings and verify(collection).sets == 1
    text = path.read_text("utf-8")
    for changed, code in (
        (text.replace("all", "few").replace("sha256:", "sha256:0"), SetDamage.HASH),
        (text[:-9], SetDamage.FIELDS),
        ("", SetDamage.FIELDS),
    ):
        path.write_text(changed, "utf-8")
        (finding,) = bad(collection)
        assert (finding.file, finding.fault.code) == ("sets/tất-cả.json", code)
    path.unlink()
    path.symlink_to(path)
    (finding,) = bad(collection)
    assert finding.fault.code is SetDamage.UNREADABLE
    shown = baotinh("verify", "--collection", collection.root)
    assert shown.returncode == 1 and "sets/tất-cả.json" in shown.stdout and "it cannot be read" in shown.stdout


def test_what_became_of_a_sets_articles_is_not_the_verifications_matter(collection: Collection) -> None:
    frozen = freeze(collection, "a", Selection.of(""))
    save(collection, attrs.evolve(frozen, articles=(("baocantho:0", "sha256:00"),), count=1))
    assert not verify(collection).findings


def test_an_article_whose_record_is_another(collection: Collection) -> None:
    with collection.catalog() as catalog:
        (version,) = catalog.versions_after(0)
    line = json.loads(version.line)
    picture = {"url": "http://a.test/a.jpg", "capture": None, "caption": None, "credit": None, "position": None,
               "capture_missing": "error"}  # fmt: skip
    for altered, what in (
        (line | {"url": "http://a.test/"}, "address"),
        (line | {"capture": line["capture"] | {"offset": 1}}, "offset"),
        (line | {"capture": line["capture"] | {"file": "x"}}, "file"),
        (line | {"capture": line["capture"] | {"payload_digest": "x"}}, "payload digest"),
        (line | {"images": [picture | {"capture": line["capture"] | {"record_id": "urn:x:1"}}]}, "picture 1 is not in"),
        (line | {"images": [picture, picture | {"capture": line["capture"] | {"offset": 1}}]}, "picture 2: offset"),
        (line | {"images": [picture | {"capture": line["capture"] | {"payload_digest": "x"}}]}, "payload digest"),
        (line | {"title": ""}, "schema"),
        (line | {"capture": None}, "not in the catalog"),
    ):
        with collection.catalog(writable=True) as catalog:
            catalog.connection.execute(
                "UPDATE versions SET line = packed_line(?)", (json.dumps(altered, ensure_ascii=False),)
            )
        assert any(what in fault_words(finding.fault) for finding in bad(collection)), what
    for damaged in ("packed_line('{')", "x'00'", "substr(packed_line('{}'), 1, 8)", "zeroblob(0)"):
        change(collection, f"UPDATE versions SET line = {damaged}")
        assert any("cannot be read" in fault_words(finding.fault) for finding in bad(collection)), damaged


def test_json_lines_that_are_not_what_was_released(collection: Collection) -> None:
    (path,) = collection.jsonl.iterdir()
    octets = path.read_bytes()
    for wrong in (octets.replace(b"Tin", b"Tim", 1), octets + octets, octets[:-5], b""):
        path.write_bytes(wrong)
        (finding,) = bad(collection)
        assert (finding.file, finding.rule) == (path.name, "JSON lines")


def test_cdxj_files_that_disagree(collection: Collection) -> None:
    path = sorted(collection.cdxj.iterdir())[0]
    octets = path.read_bytes()
    for wrong in (octets.splitlines(keepends=True)[0], octets.replace(b'"offset": "', b'"offset": "1'), b"nonsense\n"):
        path.write_bytes(wrong)
        assert {finding.file for finding in bad(collection)} == {path.name}
    path.unlink()
    assert [finding.severity for finding in verify(collection).findings] == ["warning"]


def test_a_revisit_whose_original_is_gone_dangles(tmp_path: Path) -> None:
    """What was written here must be whole; what was taken in from elsewhere may refer to what was not."""
    lone = tmp_path / "lone.warc.gz"
    lone.write_bytes(zipped([record("revisit", 1, b"", [("WARC-Refers-To", uid(2))])]))
    root = tmp_path / "collection"
    writing = session(root)
    writing.import_archive(lone)
    writing.close("finished", nothing)
    collection = Collection.open(root)
    assert [finding.severity for finding in verify(collection).findings] == ["warning"]
    change(collection, "UPDATE warc_files SET origin = 'written'")
    (finding,) = verify(collection).findings
    assert (finding.severity, finding.rule) == ("damage", "ISO 28500:2017, 5.11")


def test_what_refers_to_a_damaged_record_does_not_dangle(collection: Collection) -> None:
    path = warcs(collection)[0]
    first = next(found for found, _ in verify_file(path) if found and found.type == "response")
    octets = bytearray(path.read_bytes())
    octets[first.offset + first.length // 2] ^= 0xFF
    path.write_bytes(octets)
    assert {finding.offset for finding in bad(collection)} == {first.offset}


def test_an_unfinished_file_is_read_as_far_as_it_is_committed(tmp_path: Path) -> None:
    writing: Session = session(tmp_path)
    capture = write(writing, exchange())
    path = writing.collection.warc_file(capture.file or "").path
    with path.open("ab") as stream:
        stream.write(b"\x1f\x8b half a member")
    assert verify(writing.collection).findings == []
    os.truncate(path, path.stat().st_size - len(b"\x1f\x8b half a member"))
    writing.close("finished", nothing)


def test_the_catalogs_journal_is_taken_in_while_a_collection_is_verified(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that held one state of the catalog would keep all that a crawl commits meanwhile in the journal."""
    left: list[int] = []
    see = warc_file.verify_file

    def crawl_between(path: Path, *rest: object, **more: object) -> object:
        with collection.catalog(writable=True) as catalog:
            catalog.connection.execute("UPDATE runs SET software = software || 'x'")
            busy, pages, moved = catalog.connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
            left.append(busy or pages - moved)
        return see(path, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(warc_file, "verify_file", crawl_between)
    assert verify(collection).findings == [] and left == [0, 0]


def test_what_a_crawl_adds_meanwhile_is_left_out(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    see = warc_file.verify_file
    added: list[bool] = []

    def crawl_between(path: Path, *rest: object, **more: object) -> object:
        if not added:
            added.append(True)
            writing = session(collection.root)
            lines = RunLines(writing.collection, writing.run_id, writing.run_name)
            url = "http://baocantho.test/moi-a9.html"
            writing.release(article(write(writing, exchange(url, os.urandom(99))))).result(60)
            lines.finish()
            writing.close("finished", nothing)
        return see(path, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(warc_file, "verify_file", crawl_between)
    found = verify(collection)
    assert (found.files, found.captures, found.versions, found.findings) == (2, 3, 1, [])
    assert verify(collection).captures == 4
