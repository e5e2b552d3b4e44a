"""What is sound in a damaged file is imported and the rest listed; an import that is killed goes on where it was."""

from __future__ import annotations

import gzip
import json
import os
import signal
from pathlib import Path

import pytest
from support import forking
from support.crashing import kill_at_each_step
from support.crawling import NO_CONFIGURATION, baotinh
from support.import_samples import FIRST, INFO, OTHER, archive, articles, general_page, of_paper, response, run_import
from support.warc_samples import record, sha1, zipped

from archive.checking.collection import verify
from archive.collection import Collection

SOUND = [of_paper(number) for number in range(1, 4)]

# An import that is killed where a third of the pages is committed and the next is being entered.
KILLED = """
import json, os, signal, sqlite3, sys
import crawler.cli
from archive.ingest import session

note = session.note_page

def note_or_end(connection, page, outcome):
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    committed = sqlite3.connect(path).execute("SELECT count(*) FROM imported_pages").fetchone()[0]
    if committed >= 40:
        os.kill(os.getpid(), signal.SIGKILL)
    note(connection, page, outcome)

session.note_page = note_or_end
sys.argv = ["baotinh", *json.loads(sys.argv[1])]
crawler.cli.main()
"""


def damaged(form: str) -> tuple[bytes, int]:
    """A file of three articles with damage, and how many of them are sound."""
    members = [gzip.compress(one, mtime=0) for one in (INFO, *SOUND)]
    plain = [INFO, *SOUND]
    rotten = bytearray(members[2])
    rotten[len(rotten) // 2] ^= 0xFF
    cut = record("response", 9, b"", [("Content-Length", "99999999999")])
    negative = record("response", 9, b"", [("Content-Length", "-5")])
    return {
        "cut tail": (b"".join(members)[:-40], 2),
        "cut tail, plain": (b"".join(plain)[:-400], 2),
        "last line ends cut": (b"".join(plain)[:-3], 3),
        "rotten member": (b"".join([members[0], members[1], bytes(rotten), members[3]]), 2),
        "garbage between members": (b"".join([*members[:2], b"garbage" * 50, *members[2:]]), 3),
        "garbage between records": (b"".join([*plain[:2], b"garbage\r\n" * 50, *plain[2:]]), 3),
        "gigantic length": (b"".join([*plain[:2], cut, *plain[2:]]), 3),
        "gigantic length, zipped": (b"".join([*members[:2], gzip.compress(cut), *members[2:]]), 3),
        "negative length": (b"".join([*plain[:2], negative, *plain[2:]]), 3),
        "negative length, zipped": (b"".join([*members[:2], gzip.compress(negative), *members[2:]]), 3),
        "one member, cut": (gzip.compress(b"".join(plain), mtime=0)[:-12], 2),
    }[form]  # fmt: skip


FORMS = (
    "cut tail", "cut tail, plain", "last line ends cut", "rotten member", "garbage between members",
    "garbage between records", "gigantic length", "gigantic length, zipped", "negative length",
    "negative length, zipped", "one member, cut",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_what_is_sound_is_imported_and_the_rest_listed(tmp_path: Path, form: str) -> None:
    octets, sound = damaged(form)
    source, root = tmp_path / "kho.warc.gz", tmp_path / "collection"
    source.write_bytes(octets)
    is_told = form != "last line ends cut"
    found = run_import(root, source, code=1 if is_told else 0)
    assert len(articles(root)) >= sound, found.done.stdout
    (file,) = found.files
    assert bool(file.get("lost")) is is_told
    assert all(one["offset"] >= 0 and one["code"] for one in file.get("damage", []))
    checked = baotinh("verify", root)
    assert checked.returncode == 0, checked.stdout
    before = articles(root)
    with Collection.open(root).catalog() as catalog:
        captures = [(one.record_id, one.file, one.offset, one.length) for one in catalog.every_capture()]
    for path in root.glob("catalog.sqlite*"):
        path.unlink()
    assert baotinh("rebuild", "--collection", root).returncode == 0
    assert articles(root) == before
    with Collection.open(root).catalog() as catalog:
        assert [(one.record_id, one.file, one.offset, one.length) for one in catalog.every_capture()] == captures
    assert "Nothing new." in run_import(root, source).done.stdout


def test_damage_after_the_import_is_damage_of_the_collection(tmp_path: Path) -> None:
    root = tmp_path / "collection"
    source = tmp_path / "kho.warc.gz"
    source.write_bytes(zipped([INFO, *SOUND[:2]]) + b"garbage")
    run_import(root, source, code=1)
    held = root / "warc" / "kho.warc.gz"
    octets = bytearray(held.read_bytes())
    octets[-60] ^= 0xFF
    held.write_bytes(octets)
    done = baotinh("verify", root, "--json")
    assert done.returncode == 1
    codes = {json.loads(line)["code"] for line in done.stdout.splitlines() if line.startswith("{")}
    assert "checksum" in codes


def test_records_with_wrong_digests(tmp_path: Path) -> None:
    wrong = [("WARC-Payload-Digest", sha1(b"something else"))]
    block = general_page("Ở một nơi khác")
    rows = [response(5, f"{OTHER}/mot-bai-viet-khac-100005.html", block, FIRST, wrong)]
    zip_root, plain_root = tmp_path / "zipped", tmp_path / "plain"
    found = run_import(zip_root, archive(tmp_path / "a.warc.gz", rows))
    assert found.outcomes == {"new": 1}  # so its writer wrote it: the checksum of the member is right
    assert [one.get("is_lost", False) for one in found.files[0]["damage"]] == [False]
    plain = tmp_path / "a.warc"
    plain.write_bytes(b"".join([INFO, *rows]))
    found = run_import(plain_root, plain, code=1)
    assert found.pages == [] and found.files[0]["lost"] == 1
    assert baotinh("verify", zip_root).returncode == 0 and baotinh("verify", plain_root).returncode == 0


@pytest.mark.parametrize("address", ["https://[::1/tin-post1.html", "http://]/", "https://a\u2100.vn/tin-post1.html"])
def test_a_record_whose_address_is_none_is_listed_and_the_others_are_read(tmp_path: Path, address: str) -> None:
    row = response(5, address, general_page("Ở một nơi khác"), FIRST)
    found = run_import(tmp_path / "kept", archive(tmp_path / "a.warc.gz", [row, SOUND[0]]), code=1)
    assert found.outcomes == {"new": 1}
    assert [one["code"] for one in found.files[0]["damage"]] == ["no_address"]
    assert baotinh("rebuild", "--collection", tmp_path / "kept").returncode in {0, 1}
    assert baotinh("verify", tmp_path / "kept").returncode == 0


def test_killed_at_any_step_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    source = tmp_path / "source"
    archive(source / "kho.warc.gz", SOUND)
    (source / "kho-khac.warc.gz").write_bytes(gzip.compress(b"".join([INFO, of_paper(7)])))
    Collection.create(source / "collection")
    imports = 'sys.path[:0] = ["tests"]; from support.import_steps import take'
    roots = kill_at_each_step(source, tmp_path / "work", imports, "take(root)")
    assert len(roots) > 10
    for root in roots:
        folder = root / "collection"
        assert {finding.severity for finding in verify(Collection.open(folder)).findings} <= {"warning"}, root
        run_import(folder, root / "kho.warc.gz", root / "kho-khac.warc.gz")
        assert len(articles(folder)) == 4
        names = {path.name for path in (folder / "warc").iterdir()}
        assert names == {"kho.warc.gz", "kho-khac.recompressed.warc.gz"}, root


@pytest.mark.parametrize("form", ["members", "one member"])
def test_a_killed_import_goes_on_and_tells_of_the_damage(tmp_path: Path, form: str) -> None:
    root = tmp_path / "collection"
    count = 120
    pages = [of_paper(number) for number in range(1, count + 1)]
    source = archive(tmp_path / "kho.warc.gz", pages)
    if form == "one member":
        source.write_bytes(gzip.compress(b"".join([INFO, *pages, record("response", 900, b"", [("WARC-Date", "x")])])))
    else:
        source.write_bytes(source.read_bytes() + b"garbage")
    arguments = json.dumps(["import", str(source), "--collection", str(root)])
    environment = {"PATH": os.environ["PATH"], "XDG_CONFIG_HOME": NO_CONFIGURATION}
    assert forking.run_script(KILLED, arguments, environment, timeout=120).returncode == -signal.SIGKILL
    with Collection.open(root).catalog() as catalog:
        before = catalog.connection.execute("SELECT count(*) FROM imported_pages").fetchone()[0]
    assert 0 < before < count
    found = run_import(root, source, code=1)
    assert len(articles(root)) == count and found.files[0]["lost"] == 1
    assert found.files[0]["outcome"] == "held" and "1 place lost" in found.done.stdout
    assert sum(page.get("was_read_before", False) for page in found.pages) == before
    assert baotinh("verify", root).returncode == 0
    with Collection.open(root).catalog() as catalog:
        assert [run.outcome for run in catalog.runs(5)] == ["finished", "interrupted"]
    assert "Nothing new." in run_import(root, source).done.stdout
