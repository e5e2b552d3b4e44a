"""What other programs write is read, in all its forms."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from support.crawling import baotinh
from support.hostile_paper import article
from support.import_samples import (
    FIRST,
    INFO,
    OTHER,
    archive,
    articles,
    general_page,
    of_paper,
    response,
    run_import,
    url_of,
)
from support.others_archive import coded
from support.raw_server import raw_server
from support.warc_samples import record, sha1, uid, zipped
from warcio.warcwriter import WARCWriter

from archive.collection import Collection

ONE = {"baocantho:100001": "Bài số 1"}


def arc(version: int, blocks: list[tuple[str, str, bytes]], end: bytes = b"\n") -> list[bytes]:
    """The version block and the documents of an ARC file."""
    fields = b"URL IP-address Archive-date Content-type Archive-length"
    if version == 2:
        fields = (
            b"URL IP-address Archive-date Content-type Result-code Checksum Location Offset Filename Archive-length"
        )
    about = b"%d 0 Xe ba banh\n%s\n" % (version, fields)
    found = []
    for url, kind, block in [("filedesc://kho.arc", "text/plain", about), *blocks]:
        more = " 200 - - 0 kho.arc" if version == 2 else ""
        line = f"{url} 10.0.0.1 20260108120000 {kind}{more} {len(block)}\n"
        found.append(line.encode() + block + end)
    return found


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("form", ["plain", "members", "one member"])
def test_arc_files(tmp_path: Path, version: int, form: str) -> None:
    documents = arc(
        version,
        [
            (url_of(1), "text/html", article("Bài số 1")),
            ("http://baocantho.com.vn/a.png", "image/png", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nx"),
            ("dns:baocantho.com.vn", "text/dns", b"20260108120000\nbaocantho.com.vn. 300 IN A 10.0.0.1\n"),
        ],
    )
    source, root = tmp_path / ("kho.arc" if form == "plain" else "kho.arc.gz"), tmp_path / "collection"
    octets = {
        "plain": b"".join(documents),
        "members": zipped(documents),
        "one member": gzip.compress(b"".join(documents)),
    }
    source.write_bytes(octets[form])
    found = run_import(root, source)
    assert [one["outcome"] for one in found.files] == ["converted"] and articles(root) == ONE
    assert found.files[0]["file"] == "kho.from-arc.warc.gz" and source.exists()
    with Collection.open(root).catalog() as catalog:
        page = catalog.latest_capture(url_of(1))
        assert page is not None and page.captured_at.isoformat() == "2026-01-08T12:00:00+00:00"
        assert catalog.latest_capture("dns:baocantho.com.vn") is not None
    assert baotinh("verify", root).returncode == 0
    assert "Nothing new." in run_import(root, source).done.stdout
    for path in root.glob("catalog.sqlite*"):
        path.unlink()
    assert baotinh("rebuild", "--collection", root).returncode == 0
    assert "Nothing new." in run_import(root, source, "--move").done.stdout and source.exists()


def test_one_gzip_member_for_all_records(tmp_path: Path) -> None:
    source, root = tmp_path / "kho.warc.gz", tmp_path / "collection"
    source.write_bytes(gzip.compress(b"".join([INFO, of_paper(1), of_paper(2)])))
    found = run_import(root, source)
    assert found.files[0]["outcome"] == "converted" and len(articles(root)) == 2
    made = root / "warc" / "kho.recompressed.warc.gz"
    first = gzip.decompress(made.read_bytes())[:2000].decode("utf-8", "replace")
    assert "source-file: kho.warc.gz" in first
    assert f"source-sha256: {hashlib.sha256(source.read_bytes()).hexdigest()}" in first
    assert baotinh("verify", root).returncode == 0
    assert "Nothing new." in run_import(root, source).done.stdout


@pytest.mark.parametrize("version", ["WARC/0.17", "WARC/0.18", "WARC/1.0", "WARC/1.1"])
def test_versions_line_ends_and_no_compression(tmp_path: Path, version: str) -> None:
    fields = [("WARC-Target-URI", url_of(1)), ("WARC-Date", FIRST)]
    crlf = [INFO, record("response", 1, article("Bài số 1"), fields, version=version)]
    head, _, behind = crlf[1].partition(b"\r\n\r\n")
    lf = head.replace(b"\r\n", b"\n") + b"\n\n" + behind[: -len(b"\r\n\r\n")] + b"\n\n"
    for name, octets in {"a.warc": b"".join(crlf), "b.warc.gz": zipped([lf]), "c.warc": lf, "d": zipped(crlf)}.items():
        source, root = tmp_path / name, tmp_path / f"of-{name}"
        source.write_bytes(octets)
        found = run_import(root, source)
        assert articles(root) == ONE and found.outcomes == {"new": 1}
        assert baotinh("verify", root).returncode == 0
        assert baotinh("show", "baocantho:100001", "--page", "--collection", root).returncode == 0


def test_digests_of_any_kind(tmp_path: Path) -> None:
    block = article("Bài số 1")
    body = block.partition(b"\r\n\r\n")[2]
    said = {
        "hex": "sha1:" + hashlib.sha1(body).hexdigest(),
        "md5": "md5:" + hashlib.md5(body).hexdigest(),
        "sha256": "sha256:" + hashlib.sha256(body).hexdigest(),
        "blake": "blake3:" + "ab" * 32,
        "of the block": sha1(block),  # as ClueWeb has it
    }
    for nth, (name, digest) in enumerate(said.items()):
        root = tmp_path / f"of {nth}"
        source = archive(
            tmp_path / f"{nth}.warc.gz", [response(1, url_of(1), block, fields=[("WARC-Payload-Digest", digest)])]
        )
        assert run_import(root, source).outcomes == {"new": 1}, name
        assert articles(root) == ONE and baotinh("verify", root).returncode == 0


def test_bodies_that_are_not_coded_as_their_heads_say(tmp_path: Path) -> None:
    plain = article("Bài số 1")
    body = plain.partition(b"\r\n\r\n")[2]
    chunked = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    for nth, block in enumerate((coded(plain, body, "gzip"), coded(plain, body, "br"), chunked)):
        root = tmp_path / f"collection-{nth}"
        found = run_import(root, archive(tmp_path / f"{nth}.warc.gz", [response(1, url_of(1), block)]))
        assert found.outcomes == {"new": 1} and articles(root) == ONE


def test_a_body_that_cannot_be_decoded_is_said(tmp_path: Path) -> None:
    block = coded(article("Bài"), gzip.compress(article("Bài").partition(b"\r\n\r\n")[2])[:60] + b"\xff" * 40, "gzip")
    found = run_import(
        tmp_path / "collection", archive(tmp_path / "a.warc.gz", [response(1, url_of(1), block)]), code=1
    )
    assert found.outcomes == {"undecodable": 1}


def test_revisits_are_read_as_what_they_refer_to(tmp_path: Path) -> None:
    again = [
        ("WARC-Target-URI", url_of(1)), ("WARC-Date", "2026-03-01T00:00:00Z"), ("WARC-Refers-To", uid(1)),
        ("WARC-Profile", "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"),
        ("Content-Type", "application/http; msgtype=response"),
    ]  # fmt: skip
    alone = [*again[:2], ("WARC-Refers-To", uid(77)), *again[3:]]
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    root = tmp_path / "collection"
    source = archive(tmp_path / "a.warc.gz", [of_paper(1), record("revisit", 2, head, again)])
    assert run_import(root, source).outcomes == {"new": 1, "duplicate": 1}
    lone = [("WARC-Target-URI", url_of(5)), *alone[1:]]
    source = archive(tmp_path / "b.warc.gz", [record("revisit", 3, head, lone)])
    assert run_import(root, source, code=1).outcomes == {"original_missing": 1}


def wacz(path: Path, files: dict[str, bytes], *, is_packed: bool = False) -> Path:
    """A WACZ file with these archives."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED) as package:
        for name, octets in files.items():
            package.writestr(name, octets)
        said = {"profile": "data-package", "resources": [{"path": name} for name in files]}
        package.writestr("datapackage.json", json.dumps(said))
    return path


def test_wacz_files_and_those_within_others(tmp_path: Path) -> None:
    first = wacz(tmp_path / "a.wacz", {"archive/data.warc.gz": zipped([INFO, of_paper(1)])})
    second = wacz(tmp_path / "b.wacz", {"archive/data.warc.gz": zipped([INFO, of_paper(2)])}, is_packed=True)
    whole = wacz(tmp_path / "tat-ca.wacz", {"a.wacz": first.read_bytes(), "b.wacz": second.read_bytes()})
    root = tmp_path / "collection"
    found = run_import(root, whole)
    assert len(found.files) == 2 and len(articles(root)) == 2
    assert {one["file"] for one in found.files} == {"a-data.warc.gz", "b-data.warc.gz"}
    manifest = tmp_path / "tat-ca.json"
    resources = [{"path": "a.wacz"}, {"path": "https://noi-khac.example/b.wacz"}, {"path": "../khong-co.wacz"}]
    manifest.write_text(json.dumps({"profile": "multi-wacz-package", "resources": resources}))
    found = run_import(root, manifest, code=1)
    assert [one["outcome"] for one in found.files] == ["held", "held", "refused"]
    assert "Nothing new." in run_import(root, first, second).done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "archive/../../../../tmp/x.warc.gz",
        "/etc/x.warc.gz",
        "archive/..\\..\\x.warc.gz",
        "archive/\n\x1b[31m.warc.gz",
        "archive/.warc.gz",
        "archive/" + "a" * 300 + ".warc.gz",
    ],
)
def test_names_in_a_wacz_are_no_paths(tmp_path: Path, name: str) -> None:
    root = tmp_path / "collection"
    before = set(tmp_path.rglob("*"))
    run_import(root, wacz(tmp_path / "a.wacz", {name: zipped([INFO, of_paper(1)])}))
    assert articles(root) == ONE
    made = {path for path in set(tmp_path.rglob("*")) - before if path.name.endswith((".gz", ".warc"))}
    assert len(made) == 1 and next(iter(made)).parent == root / "warc"
    assert next(iter(made)).name.isprintable() and len(next(iter(made)).name) < 200


def test_what_is_no_archive_is_refused_with_its_reason(tmp_path: Path) -> None:
    files = {
        "a.warc.gz": b"", "b.warc": b"no archive at all", "c.warc.gz": b"\x1f\x8b\x08\x00garbage",
        "d.wacz": b"PK\x03\x04garbage", "e.warc.zst": b"\x28\xb5\x2f\xfd" + bytes(50),
    }  # fmt: skip
    paths = []
    for name, octets in files.items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(octets)
    wacz(tmp_path / "f.wacz", {"pages/pages.jsonl": b"{}\n"})
    found = run_import(
        tmp_path / "collection", *paths, tmp_path / "f.wacz", archive(tmp_path / "g.warc.gz", [of_paper(1)]), code=1
    )
    assert [one["outcome"] for one in found.files] == ["refused"] * 6 + ["imported"]
    assert all("reason" in one for one in found.files[:6]) and articles(tmp_path / "collection") == ONE


def test_decompression_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import archive.ingest.foreign.converting as converting

    monkeypatch.setattr(converting, "_MOST_BYTES", 1 << 20)
    bomb = tmp_path / "bomb.warc.gz"
    bomb.write_bytes(gzip.compress(b"".join([INFO, record("resource", 1, bytes(64 << 20)), of_paper(1)])))
    with pytest.raises(converting.TooMuchInflated):
        converting.refuse_bombs(bomb)
    source = tmp_path / "sound.warc.gz"
    source.write_bytes(zipped([INFO, of_paper(1)]))
    converting.refuse_bombs(source)


def test_files_of_warcio(tmp_path: Path) -> None:
    source, root = tmp_path / "warcio.warc.gz", tmp_path / "collection"
    with source.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        writer.write_record(writer.create_warcinfo_record("warcio.warc.gz", {"software": "warcio"}))
        head, _, body = article("Bài số 1").partition(b"\r\n\r\n")
        from warcio.statusandheaders import StatusAndHeaders

        said = [tuple(line.decode().split(": ", 1)) for line in head.split(b"\r\n")[1:]]
        http = StatusAndHeaders("200 OK", said, protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(url_of(1), "response", payload=io.BytesIO(body), http_headers=http)
        )
    assert run_import(root, source).outcomes == {"new": 1} and articles(root) == ONE


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_files_of_wget(tmp_path: Path) -> None:
    with raw_server({"/mot-bai-viet-ve-con-duong-100001.html": [general_page("Con đường ra chợ")]}) as server:
        url = f"http://127.0.0.1:{server.port}/mot-bai-viet-ve-con-duong-100001.html"
        command = ["wget", "-q", "--no-proxy", "--warc-file", str(tmp_path / "wget"), "-O", str(tmp_path / "x"), url]
        subprocess.run(command, check=True, timeout=240, cwd=tmp_path)
    root = tmp_path / "collection"
    found = run_import(root, tmp_path / "wget.warc.gz")
    assert found.outcomes == {"new": 1} and articles(root) == {"127.0.0.1:100001": "Con đường ra chợ"}
    assert OTHER not in found.done.stdout
