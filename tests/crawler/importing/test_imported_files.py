"""Files of other programs come into the collection as they are, and their pages become articles."""

from __future__ import annotations

import hashlib
from pathlib import Path

from support.crawling import baotinh
from support.import_samples import (
    OTHER,
    SECOND,
    archive,
    articles,
    general_page,
    of_paper,
    response,
    run_import,
    url_of,
)

from archive.collection import Collection


def test_pages_of_declared_papers_and_of_unknown_hosts_become_articles(tmp_path: Path) -> None:
    root = tmp_path / "collection"
    there = f"{OTHER}/ba-con-dap-duong-100001.html"
    source = archive(
        tmp_path / "kho.warc.gz",
        [
            of_paper(1),
            of_paper(2, "Bài số 1, có sửa", SECOND, url_number=1),
            response(3, there, general_page("Ở một nơi khác")),
            response(4, "https://baocantho.com.vn/thoi-su/", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x"),
            response(5, url_of(7), b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>x"),
            response(6, f"{OTHER}/a.png", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nx"),
        ],
    )
    found = run_import(root, source)
    assert found.outcomes == {"new": 2, "changed": 1, "other_address": 1, "http_status": 1}
    assert articles(root) == {
        "baocantho:100001": "Bài số 1, có sửa", "tinhxa.example:100001": "Ở một nơi khác",
    }  # fmt: skip
    assert found.files[0]["software"] == "Xe ba banh/1.0" and found.files[0]["captures"] == 6
    assert found.files[0]["sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()
    assert (root / "warc" / "kho.warc.gz").read_bytes() == source.read_bytes()
    assert f"{OTHER.removeprefix('https://')} 1: " in found.done.stdout
    with Collection.open(root).catalog() as catalog:
        (run,) = catalog.runs(5)
        assert (run.newspaper, run.source, run.outcome) == ("import", "import", "finished")
        version = next(one for one in catalog.versions_after(0) if one.article_id == "tinhxa.example:100001")
        place = version.article().capture
        assert place is not None and place.file == "kho.warc.gz" and place.offset == found.page(there)["offset"]
    shown = baotinh("show", "tinhxa.example:100001", "--collection", root)
    assert "kho.warc.gz" in shown.stdout


def test_what_was_imported_is_sound_and_can_be_rebuilt(tmp_path: Path) -> None:
    root = tmp_path / "collection"
    records = [of_paper(1), response(3, f"{OTHER}/mot-bai-viet-100001.html", general_page("Ở một nơi khác"))]
    run_import(root, archive(tmp_path / "kho.warc.gz", records))
    assert baotinh("verify", root).returncode == 0
    before = articles(root)
    with Collection.open(root).catalog() as catalog:
        captures = [(one.record_id, one.file, one.offset) for one in catalog.every_capture()]
        pages = catalog.connection.execute("SELECT outcome FROM imported_pages ORDER BY 1").fetchall()
    for path in root.glob("catalog.sqlite*"):
        path.unlink()
    assert baotinh("rebuild", "--collection", root).returncode == 0
    assert articles(root) == before
    with Collection.open(root).catalog() as catalog:
        assert [(one.record_id, one.file, one.offset) for one in catalog.every_capture()] == captures
        assert catalog.connection.execute("SELECT outcome FROM imported_pages ORDER BY 1").fetchall() == pages
        assert catalog.runs(1)[0].source == "import"


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    root = tmp_path / "collection"
    source = archive(tmp_path / "kho.warc.gz", [of_paper(1), of_paper(2)])
    other = archive(tmp_path / "phan.warc.gz", [of_paper(2)])
    more = archive(tmp_path / "them.warc.gz", [of_paper(2), of_paper(3)])
    run_import(root, source)
    held = {path.name for path in (root / "warc").iterdir()}
    found = run_import(root, source, other)
    assert [one["outcome"] for one in found.files] == ["held", "overlaps"]
    assert all(page["was_read_before"] for page in found.pages) and found.outcomes == {"new": 2}
    assert {path.name for path in (root / "warc").iterdir()} == held and len(articles(root)) == 2
    found = run_import(root, more)
    assert [one["outcome"] for one in found.files] == ["imported"] and len(articles(root)) == 3
