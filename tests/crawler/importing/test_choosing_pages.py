"""Filters narrow down which pages are read, and the report says what each page became."""

from __future__ import annotations

from pathlib import Path

import pytest
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

THERE = f"{OTHER}/mot-bai-viet-ve-con-duong-100009.html"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Three articles of a declared paper, the last captured later, and one of another host."""
    records = [of_paper(1), of_paper(2), of_paper(3, date=SECOND), response(9, THERE, general_page("Nơi khác"))]
    return archive(tmp_path / "kho.warc.gz", records)


FILTERS = {
    ("--host", "baocantho.com.vn"): ("host", {"new": 3, "filtered": 1}),
    ("--host", "*.example"): ("host", {"new": 1, "filtered": 3}),
    ("--path", "/*-a100001.html"): ("path", {"new": 1, "filtered": 3}),
    ("--status", "404"): ("status", {"filtered": 4}),
    ("--type", "application/*"): ("media type", {"filtered": 4}),
    ("--since", "2026-02-01"): ("time", {"new": 1, "filtered": 3}),
    ("--until", "2026-01-08"): ("time", {"new": 3, "filtered": 1}),
}


@pytest.mark.parametrize("options", FILTERS, ids=" ".join)
def test_what_a_filter_leaves_out_is_said_and_read_by_a_later_import(
    source: Path, tmp_path: Path, options: tuple[str, str]
) -> None:
    reason, outcomes = FILTERS[options]
    root = tmp_path / "collection"
    found = run_import(root, source, *options)
    assert found.outcomes == outcomes
    assert {page["reasons"]["page"] for page in found.pages if page["outcome"] == "filtered"} == {reason}
    run_import(root, source)
    assert len(articles(root)) == 4


def test_only_declared_papers(source: Path, tmp_path: Path) -> None:
    found = run_import(tmp_path / "collection", source, "--declared-only")
    assert found.outcomes == {"new": 3, "no_declaration": 1}


def test_addresses_that_do_not_look_like_articles(tmp_path: Path) -> None:
    source = archive(tmp_path / "kho.warc.gz", [response(1, f"{OTHER}/a.php?id=4", general_page("Nơi khác"))])
    assert run_import(tmp_path / "some", source).outcomes == {"other_address": 1}
    assert run_import(tmp_path / "all", source, "--any-address").outcomes == {"new": 1}


def test_pages_of_several_files_are_read_in_order_of_their_time(tmp_path: Path) -> None:
    later = archive(tmp_path / "a.warc.gz", [of_paper(1, "Tên mới", SECOND)])
    first = archive(tmp_path / "b.warc.gz", [of_paper(2, "Tên cũ", url_number=1)])
    root = tmp_path / "collection"
    found = run_import(root, tmp_path, "--processes", 2)
    assert [page["outcome"] for page in found.pages] == ["new", "changed"]
    assert articles(root) == {"baocantho:100001": "Tên mới"} and later.exists() and first.exists()


def are_compared(root: Path) -> bool:
    """Whether captures were looked through for pictures."""
    with Collection.open(root).catalog() as catalog:
        return catalog.connection.execute("SELECT 1 FROM picture_cursors").fetchone() is not None


def test_pictures_are_the_captures_in_the_archive(tmp_path: Path) -> None:
    picture = f"{OTHER}/anh.png"
    block = general_page("Nơi khác").replace(b"</article>", b'<figure><img src="/anh.png"></figure></article>')
    head, _, body = block.partition(b"\r\n\r\n")
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    png = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n"
    assert head
    root = tmp_path / "collection"
    run_import(root, archive(tmp_path / "kho.warc.gz", [response(1, THERE, block), response(2, picture, png)]))
    shown = baotinh("show", "tinhxa.example:100009", "--json", "--collection", root)
    assert shown.returncode == 0 and '"capture_missing":"missing"' not in shown.stdout.replace(" ", "")
    assert not are_compared(root)  # see conftest.py
    assert baotinh("rebuild", "--collection", root, BAOTINH_COMPARE_PICTURES="1").returncode == 0
    assert are_compared(root)


def test_linked_and_moved_files(source: Path, tmp_path: Path) -> None:
    linked, moved = tmp_path / "linked", tmp_path / "moved"
    run_import(linked, source, "--link")
    assert source.stat().st_nlink == 2 and (linked / "warc" / "kho.warc.gz").samefile(source)
    octets = source.read_bytes()
    run_import(moved, source, "--move")
    assert not source.exists() and (moved / "warc" / "kho.warc.gz").read_bytes() == octets
    assert baotinh("import", source, "--collection", moved).returncode == 2
    held = moved / "warc" / "kho.warc.gz"
    assert "Nothing new." in run_import(moved, held, "--move").done.stdout and held.exists()
    assert baotinh("import", held, "--copy", "--move", "--collection", moved).returncode == 2


def test_a_declaration_is_drafted_from_what_was_imported(tmp_path: Path) -> None:
    root, hub = tmp_path / "collection", f"{OTHER}/"
    urls = [f"/mot-bai-viet-ve-con-duong-{number}.html" for number in range(100001, 100007)]
    links = "".join(f'<a href="{url}">Một bài viết dài về con đường ra chợ</a> ' for url in urls)
    home = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>T</title>" + links.encode()
    records = [response(50, hub, home)]
    records += [response(n, OTHER + url, general_page(f"Bài {n}")) for n, url in enumerate(urls, 1)]
    found = run_import(root, archive(tmp_path / "kho.warc.gz", records))
    assert "newspapers draft tinhxa.example --from-collection" in found.done.stdout
    drafted = baotinh("newspapers", "draft", "tinhxa.example", "--from-collection", "--collection", root)
    assert drafted.returncode == 0, drafted.stderr
    compile(drafted.stdout, "draft.py", "exec")
    assert 'hosts = ("tinhxa.example",)' in drafted.stdout
    none = baotinh("newspapers", "draft", "khong-co.example", "--from-collection", "--collection", root)
    assert none.returncode == 1 and "holds no page" in none.stderr


def test_what_was_imported_is_backed_up_and_left_as_it_is_by_compaction(source: Path, tmp_path: Path) -> None:
    root, copy = tmp_path / "collection", tmp_path / "copy"
    run_import(root, source)
    octets = (root / "warc" / "kho.warc.gz").read_bytes()
    assert baotinh("compact", "--collection", root).returncode == 0
    assert (root / "warc" / "kho.warc.gz").read_bytes() == octets
    assert baotinh("backup", copy, "--collection", root).returncode == 0
    assert (copy / "warc" / "kho.warc.gz").read_bytes() == octets
    assert list((copy / "reports").glob("*.pages.jsonl")) and baotinh("verify", copy).returncode == 0
    moved = tmp_path / "disk"
    assert baotinh("move", moved, "--collection", root).returncode == 0
    assert baotinh("verify", root).returncode == 0
    assert "Nothing new." in run_import(root, source).done.stdout
    assert url_of(1) in baotinh("show", "baocantho:100001", "--json", "--collection", root).stdout


def test_an_archive_of_other_hosts_is_refused_with_what_to_do(tmp_path: Path) -> None:
    source = archive(tmp_path / "kho.warc.gz", [response(1, THERE, general_page("Nơi khác"))])
    done = baotinh("crawl", "baocantho", "--from-archive", source, "--collection", tmp_path / "collection")
    assert done.returncode == 1
    assert "1 of tinhxa.example" in done.stderr and f"baotinh import {source}" in done.stderr
