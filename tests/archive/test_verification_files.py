"""`baotinh verify` and `baotinh repair` on files that are named: WARC, ARC, CDXJ and WACZ, told apart by content."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from support.crawling import baotinh
from support.verified_files import MEMBERS, RECORDS, found, index_of, package, put, severities
from support.warc_samples import PAGE, record, sha1, uid, zipped
from typer.testing import CliRunner

from archive.checking.files import kind_of, verify_paths
from archive.cli.fault_words import fault_words
from archive.errors import FileMissing, NotAWarc
from crawler.cli.commands import app

ARC_BLOCK = b"1 0 samples\nURL IP-address Archive-date Content-type Archive-length\n"
ARC = (
    b"filedesc://a.arc 0.0.0.0 20080430204825 text/plain %d\n" % len(ARC_BLOCK) + ARC_BLOCK + b"\n"
    + b"http://a.test/ 127.0.0.1 20080430204825 text/html 5\nhello\n" * 3
)  # fmt: skip


def test_files_are_told_apart_by_what_they_hold(tmp_path: Path) -> None:
    for kind, octets in (
        ("warc", RECORDS[0]), ("warc", MEMBERS[0]), ("arc", ARC), ("arc", gzip.compress(ARC)), ("wacz", package()),
        ("cdxj", index_of("a")), ("cdxj", gzip.compress(index_of("a"))),
    ):  # fmt: skip
        for name in ("nameless", "a.warc.gz", "b.txt"):
            assert kind_of(put(tmp_path / name, octets)) == kind
    assert kind_of(put(tmp_path / "cut.warc", b"WA")) == "warc"
    with pytest.raises(NotAWarc, match="begins with"):
        kind_of(put(tmp_path / "a.html", b"<html>"))
    with pytest.raises(FileMissing, match="no such file"):
        kind_of(tmp_path / "absent.warc")


def test_arc_files(tmp_path: Path) -> None:
    path = tmp_path / "a.arc"
    assert found(put(path, ARC)) == [] and found(put(path, gzip.compress(ARC))) == []
    documents = ARC.split(b"http://")
    members = b"".join(gzip.compress((b"http://" if number else b"") + part) for number, part in enumerate(documents))
    said = verify_paths([put(path, members)])
    assert (said.findings, said.records) == ([], 4)
    for broken in (
        ARC[:-3], ARC[:-1], ARC + b"garbage", ARC.replace(b"text/html 5", b"text/html -1"),
        ARC.replace(b"html 5\nhello", b"html 5\nhello, world"),
        ARC.replace(b"20080430204825 text/html", b"2008 text/html"),
        ARC.replace(b"filedesc", b"filedesk"), ARC.replace(b"1 0 samples", b"samples...."), members[:-4],
        ARC.replace(b"http://a.test/ ", b"http://a test/ "), ARC.replace(b"127.0.0.1", b"nowhere"),
    ):  # fmt: skip
        assert severities(put(path, broken)) - {"warning"}, broken


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"offset": 3}, "no record of a.warc.gz begins at byte 3"),
        ({"length": 3}, "length"),
        ({"url": "http://a.test/"}, "url"),
        ({"status": 404}, "status"),
        ({"digest": "sha1:" + "A" * 32}, "digest"),
    ],
)
def test_an_index_that_disagrees_is_found(tmp_path: Path, changes: dict[str, object], what: str) -> None:
    warc = put(tmp_path / "a.warc.gz", zipped(RECORDS))
    index = put(tmp_path / "a.cdxj", index_of("a.warc.gz"))
    assert found(warc, index) == [] and found(index) == []
    put(index, index_of("a.warc.gz", **changes))
    assert any(what in fault_words(finding.fault) and finding.severity == "damage" for finding in found(warc, index))
    assert found(index) == [finding for finding in found(warc, index) if finding.file == "a.cdxj"]


def test_lines_of_an_index(tmp_path: Path) -> None:
    warc, index = put(tmp_path / "warc" / "a.warc.gz", zipped(RECORDS)), tmp_path / "cdxj" / "a.warc.gz.cdxj"
    put(index, index_of("a.warc.gz", captures=(1, 4)))
    assert any("is missing" in fault_words(finding.fault) for finding in found(index))
    put(index, index_of("a.warc.gz").replace(b"20260108", b"20250108", 1))
    assert any("timestamp" in fault_words(finding.fault) for finding in found(index))
    put(index, index_of("a.warc.gz") + b"nonsense\n" + b'a 2026 {"filename": 3}\n' + b'a 2026 {"offset"}\n')
    assert [finding.severity for finding in found(index)] == ["breach"] * 3
    put(index, index_of("b.warc.gz"))
    assert [finding.severity for finding in found(index)] == ["warning"]
    assert warc.exists()


def test_a_sound_wacz_is_sound(tmp_path: Path) -> None:
    said = verify_paths([put(tmp_path / "a.wacz", package())])
    assert (said.findings, said.records) == ([], len(RECORDS))


@pytest.mark.parametrize(
    "files",
    [
        {"archive__a.warc.gz": zipped(RECORDS)[:-9]},
        {"archive__a.warc.gz": b""},
        {"archive__b.warc.gz": zipped(RECORDS)},
        {"archive__a.txt": zipped(RECORDS)},
        {"indexes__index.cdx": b""},
        {"indexes__index.cdx": index_of("a.warc.gz", offset=7)},
        {"indexes__index.cdx": index_of("a.warc.gz", captures=(1,))},
        {"indexes__index.cdx.gz": gzip.compress(index_of("a.warc.gz"))[:-9]},
        {"indexes__index.idx": b'a 2026 {"offset": 0, "length": 9, "filename": "index.cdx"}\n'},
        {"pages__pages.jsonl": b""},
        {"pages__pages.jsonl": b"{\n"},
        {"pages__pages.jsonl": b'{"url": "http://a.test/"}\n'},
        {"datapackage.json": b""},
        {"datapackage.json": b"[]"},
        {"datapackage.json": b'{"resources": []}'},
        {"datapackage-digest.json": b'{"path": "datapackage.json", "hash": "sha256:00"}'},
    ],
)
def test_a_wacz_that_breaks_its_rules_is_found(tmp_path: Path, files: dict[str, bytes]) -> None:
    assert severities(put(tmp_path / "a.wacz", package(**files))) - {"warning"}


def test_every_cut_and_many_flips_of_a_wacz_are_found(tmp_path: Path) -> None:
    octets = package()
    path = tmp_path / "a.wacz"
    for at in range(4, len(octets), 37):
        assert severities(put(path, octets[:at])) - {"warning"}, at
    start = octets.index(b"archive/a.warc.gz") + 17
    for at in range(start, start + len(zipped(RECORDS)), 31):
        flipped = bytearray(octets)
        flipped[at] ^= 4
        assert "damage" in severities(put(path, bytes(flipped))), at


def test_compressed_indexes_are_read(tmp_path: Path) -> None:
    block = gzip.compress(index_of("a.warc.gz"))
    entry = {
        "offset": 0,
        "length": len(block),
        "filename": "index.cdx.gz",
        "digest": "sha256:" + hashlib.sha256(block).hexdigest(),
    }
    idx = f"!meta 0 {{}}\ntest,baocantho)/a-a1.html 20260108120000 {json.dumps(entry)}\n".encode()
    files = {"indexes__index.cdx": b"", "indexes__index.cdx.gz": block, "indexes__index.idx": idx}
    rules = {finding.rule for finding in found(put(tmp_path / "a.wacz", package(**files)))}
    assert rules == {"WACZ 1.1.1, datapackage.json"}  # the three are not those that the manifest lists


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.output


def test_the_commands(tmp_path: Path) -> None:
    sound = put(tmp_path / "a.warc.gz", zipped(RECORDS))
    assert run("verify", sound) == (0, f"Sound: 1 file, {len(RECORDS)} records\n")
    lone = put(tmp_path / "lone.warc", RECORDS[2])
    code, said = run("verify", lone)
    assert code == 0 and said.endswith("Sound, with warnings: 1 warning in 1 file, 1 record\n")
    assert run("verify", lone, "--strict")[0] == 1
    damaged = put(tmp_path / "b.warc.gz", zipped(RECORDS)[:-9])
    code, said = run("verify", damaged, "--json")
    assert code == 1
    (finding,) = (json.loads(line) for line in said.splitlines())
    assert finding.keys() == {"file", "offset", "record_id", "rule", "severity", "code", "values", "message"}
    assert (finding["file"], finding["offset"], finding["severity"], finding["record_id"]) == (
        "b.warc.gz", len(b"".join(MEMBERS[:-1])), "damage", uid(11)[1:-1],
    )  # fmt: skip
    code, said = run("repair", damaged)
    assert code == 0 and "b.repaired.warc.gz" in said and said.startswith("mended") and "nothing left out" in said
    assert run("repair", put(tmp_path / "c.warc.gz", zipped(RECORDS)[:-60]))[1].startswith("left out")
    assert run("verify", tmp_path / "b.repaired.warc.gz")[0] == 0
    for path in (tmp_path / "absent.warc", put(tmp_path / "page.html", b"<html>")):
        refused = baotinh("verify", damaged, path)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    code, said = run("repair", sound)
    assert code == 0 and "no copy was written" in said


def test_many_findings_of_one_kind_are_counted(tmp_path: Path) -> None:
    same = b"".join(record("response", number, PAGE, [("WARC-Block-Digest", sha1(b""))]) for number in range(30))
    code, said = run("verify", put(tmp_path / "a.warc", same))
    assert code == 1 and "and 27 more of this kind" in said and "Not sound: 30 damage" in said


def test_what_nobody_would_read_is_only_counted(tmp_path: Path) -> None:
    findings = found(put(tmp_path / "a.warc", b"WARC/1.0\r\n\r\n" * 20_000))
    assert len(findings) < 10_010 and "more findings" in fault_words(findings[-1].fault)
    assert len(found(put(tmp_path / "a.warc", b"WARC/1.0\r\n" * 400_000))) < 10


def compressed_index(*, is_named_once: bool, is_wrong: bool = False) -> dict[str, bytes]:
    """An index in blocks, with an index of these that names their file once, or in each line."""
    lines = index_of("a.warc.gz").splitlines(keepends=True)
    blocks = [gzip.compress(b"".join(lines[start : start + 3]), mtime=0) for start in range(0, len(lines), 3)]
    named = {} if is_named_once else {"filename": "index.cdx.gz"}
    said, at = [b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n'], 0
    for number, block in enumerate(blocks):
        digest = "sha256:" + hashlib.sha256(block).hexdigest()
        place = {"offset": at + is_wrong, "length": len(block), "digest": digest, **named}
        key = b" ".join(lines[3 * number].split(b" ", 2)[:2])
        said.append(key + b" " + json.dumps(place).encode() + b"\n")
        at += len(block)
    return {"indexes__index.cdx": b"", "indexes__index.cdx.gz": b"".join(blocks), "indexes__index.idx": b"".join(said)}


@pytest.mark.parametrize("is_named_once", [True, False])
def test_an_index_of_blocks_names_their_file_once_or_in_each_line(tmp_path: Path, is_named_once: bool) -> None:
    """py-wacz names it in the line that begins with !meta alone."""

    def said(**how: bool) -> set[str]:
        files = compressed_index(is_named_once=is_named_once, **how)
        findings = found(put(tmp_path / "a.wacz", package(**files)))
        return {fault_words(finding.fault) for finding in findings if "block" in fault_words(finding.fault)}

    assert said() == set()
    assert said(is_wrong=True) != set()
