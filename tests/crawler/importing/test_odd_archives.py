"""Archives that are against the standard, as there are some: what is sound is imported, and nothing ends the import."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from pathlib import Path

import pytest
import zstandard
from support.crawling import baotinh
from support.hostile_paper import article
from support.import_samples import INFO, archive, articles, general_page, of_paper, response, run_import, url_of
from support.warc_samples import record, zipped

from archive.collection import Collection
from archive.warc.dates import capture_instant

ONE, TWO = "Bài số 1", "Bài số 2"
ROWS = [INFO, of_paper(1), of_paper(2)]


def packed(name: str, octets: bytes, kind: int = zipfile.ZIP_STORED) -> bytearray:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as package:
        package.writestr(name, octets)
    return bytearray(buffer.getvalue())


def dictionary() -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(b"".join(of_paper(number) for number in range(5, 20)))


def zstd_files() -> dict[str, bytes]:
    framed = b"".join(zstandard.compress(row) for row in ROWS)
    known = dictionary()
    packer = zstandard.ZstdCompressor(dict_data=known)
    with_dictionary = b"".join(packer.compress(row) for row in ROWS)
    plain, small = known.as_bytes(), zstandard.compress(known.as_bytes())
    return {
        "frames.warc.zst": framed,
        "one-frame.warc.gz": zstandard.compress(b"".join(ROWS)),
        "dictionary.warc.zst": b"\x5d\x2a\x4d\x18" + struct.pack("<I", len(plain)) + plain + with_dictionary,
        "small-dictionary.warc.zst": b"\x5d\x2a\x4d\x18" + struct.pack("<I", len(small)) + small + with_dictionary,
        "within.wacz": bytes(packed("archive/a.warc.zst", framed)),
    }


@pytest.mark.parametrize("name", zstd_files())
def test_files_of_zstd_frames(tmp_path: Path, name: str) -> None:
    folder, root = tmp_path / "source", tmp_path / "kept"
    folder.mkdir()
    (folder / name).write_bytes(zstd_files()[name])
    found = run_import(root, folder if name.endswith((".zst", ".wacz")) else folder / name)
    assert sorted(articles(root).values()) == [ONE, TWO]
    assert [one["outcome"] for one in found.files] == ["converted"] and ".from-zstd.warc.gz" in found.files[0]["file"]
    assert baotinh("verify", root).returncode == 0
    assert baotinh("show", "baocantho:100001", "--page", "--collection", root).returncode == 0
    assert "Nothing new." in run_import(root, folder / name).done.stdout
    assert {path.name for path in (root / "warc").iterdir()} == {found.files[0]["file"]}


def test_a_cut_file_of_zstd_frames(tmp_path: Path) -> None:
    source, root = tmp_path / "a.warc.zst", tmp_path / "kept"
    source.write_bytes(zstd_files()["frames.warc.zst"][:-30])
    found = run_import(root, source, code=1)
    assert articles(root) == {"baocantho:100001": ONE}, found.done.stdout
    source.write_bytes(zstandard.compress(b"no record"))
    refused = run_import(root, source, code=1)
    assert refused.files[0]["outcome"] == "refused"


def test_a_file_that_cannot_be_read_keeps_none_other_out(tmp_path: Path) -> None:
    encrypted = packed("archive/a.warc.gz", zipped([INFO, of_paper(7)]))
    encrypted[6] |= 1
    encrypted[encrypted.find(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.wacz").write_bytes(encrypted)
    other = archive(tmp_path / "b.warc.gz", [of_paper(1)])
    found = run_import(tmp_path / "kept", tmp_path / "a.wacz", other, code=1)
    assert [one["outcome"] for one in found.files] == ["refused", "imported"]
    assert "it cannot be read: archive/a.warc.gz" in found.done.stdout and "encrypted" in found.done.stdout


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_is_sound_in_a_damaged_package(tmp_path: Path, kind: int) -> None:
    members = [gzip.compress(row, mtime=0) for row in ROWS]
    octets = packed("archive/a.warc.gz", b"".join(members), kind)
    octets[octets.find(members[2][20:60]) + 200] ^= 0xFF
    (tmp_path / "a.wacz").write_bytes(octets)
    found = run_import(tmp_path / "kept", tmp_path / "a.wacz", code=1)
    assert articles(tmp_path / "kept") == {"baocantho:100001": ONE} and found.files[0]["lost"] == 1


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2009-03-65T08:43:19-0800", "2009-03-06T16:43:19"),  # ClueWeb09's
        ("202601081200", "2026-01-08T12:00:00"),
        ("20260108120000123", "2026-01-08T12:00:00"),
        ("2026-01-08T23:59:60Z", "2026-01-08T23:59:59"),
        ("2026-01-08 12:00:00", "2026-01-08T12:00:00"),
        ("2026-01-08T12:00:00+07:00", "2026-01-08T05:00:00"),
        ("Thu, 08 Jan 2026 12:00:00 GMT", "2026-01-08T12:00:00"),
    ],
)
def test_dates_against_the_standard(tmp_path: Path, said: str, meant: str) -> None:
    root = tmp_path / "kept"
    found = run_import(root, archive(tmp_path / "a.warc.gz", [response(1, url_of(1), article(ONE), said)]))
    assert found.pages[0]["captured_at"].startswith(meant)
    checked = baotinh("verify", root)
    assert checked.returncode == 0, checked.stdout
    assert baotinh("rebuild", "--collection", root).returncode == 0 and articles(root) == {"baocantho:100001": ONE}


@pytest.mark.parametrize("said", ["", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "x GMT"])
def test_dates_that_are_none(tmp_path: Path, said: str) -> None:
    with pytest.raises(ValueError):
        capture_instant(said)
    rows = [response(1, url_of(1), article(ONE), said), of_paper(2)]
    found = run_import(tmp_path / "kept", archive(tmp_path / "a.warc.gz", rows), code=1)
    assert [one["code"] for one in found.files[0]["damage"]] == ["no_date"]
    assert articles(tmp_path / "kept") == {"baocantho:100002": TWO}


def test_records_without_content_type_or_line_ends(tmp_path: Path) -> None:
    fields = [("WARC-Target-URI", url_of(1)), ("WARC-Date", "2026-01-08T12:00:00Z")]
    bare = record("response", 1, article(ONE), fields, without=["Content-Type"], end=b"")
    source = tmp_path / "a.warc"
    source.write_bytes(b"".join([INFO, bare, of_paper(2)]))
    root = tmp_path / "kept"
    run_import(root, source)
    assert sorted(articles(root).values()) == [ONE, TWO]
    assert baotinh("show", "baocantho:100001", "--page", "--collection", root).returncode == 0
    assert baotinh("verify", root).returncode == 0


def test_every_capture_is_counted(tmp_path: Path) -> None:
    other = record("response", 1, article("Bài khác"), [("WARC-Target-URI", url_of(9))])
    rows = [of_paper(1), of_paper(1), other, response(5, url_of(5), b"")]
    found = run_import(tmp_path / "kept", archive(tmp_path / "a.warc.gz", rows), code=1)
    assert found.files[0]["records_with_anothers_id"] == 1
    assert found.outcomes == {"new": 1} and "Other captures, such as pictures and styles: 1" in found.done.stdout


@pytest.mark.parametrize("tail", [" mới/một bài-post100001.html", "mot-bai-post100001.html#binh-luan"])
def test_addresses_with_spaces_and_fragments_are_in_every_index(tmp_path: Path, tail: str) -> None:
    url, root, out = f"https://tinhxa.example/tin{tail}", tmp_path / "kept", tmp_path / "out.wacz"
    run_import(root, archive(tmp_path / "a.warc.gz", [response(1, url, general_page("Bài"))]))
    checked = baotinh("verify", root)
    assert checked.returncode == 0 and "amage" not in checked.stdout, checked.stdout
    assert baotinh("export", "--format", "wacz", "--output", out, "--collection", root).returncode == 0
    assert "damage" not in baotinh("verify", out).stdout  # a space in an address is a breach
    assert run_import(tmp_path / "again", out).outcomes == {"new": 1}


def test_a_file_without_captures_is_said(tmp_path: Path) -> None:
    found = run_import(tmp_path / "kept", archive(tmp_path / "a.warc.gz"))
    assert "a.warc.gz: imported: it holds no captures" in found.done.stdout and "Pages: none" in found.done.stdout


def test_an_address_without_a_host_is_listed(tmp_path: Path) -> None:
    row = response(1, "https:/tinhxa.example/mot-bai-post100001.html", article(ONE))
    found = run_import(tmp_path / "kept", archive(tmp_path / "a.warc.gz", [row, of_paper(2)]), code=1)
    assert [one["code"] for one in found.files[0]["damage"]] == ["no_address"]


def test_a_record_with_a_head_of_many_fields_is_exported(tmp_path: Path) -> None:
    row = response(1, url_of(1), article(ONE), fields=[(f"X-{number}", "x" * 60) for number in range(3000)])
    root, out = tmp_path / "kept", tmp_path / "out.warc.gz"
    run_import(root, archive(tmp_path / "a.warc.gz", [row]))
    done = baotinh("export", "--format", "warc", "--output", out, "--collection", root)
    assert done.returncode == 0, done.stdout + done.stderr
    run_import(tmp_path / "again", out)
    with Collection.open(tmp_path / "again").catalog() as catalog:
        assert [capture.url for capture in catalog.every_capture()] == [url_of(1)]
