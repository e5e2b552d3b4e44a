"""The page of exports and its files: all six formats read back, sets, HEAD, bounds, hostile parameters."""

from __future__ import annotations

import csv
import http.client
import io
import json
import re
import threading
import time
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import bibtexparser
import pyarrow.parquet as pq
import pytest
import rispy
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.responses import Response
from support.sample import HOSTILE, REPLAY
from support.serving import app_served

from archive.backup.folder import back_up
from archive.collection import Collection
from archive.export.freezing import freeze
from archive.export.streaming import PIECE, streamed
from archive.search.filters import Filters
from archive.search.query import search
from archive.search.selection import Selection
from archive.sets.check import check
from archive.sets.files import read, save
from archive.web.app import site_app
from archive.web.export.download import Downloads


def members(answer_content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(answer_content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def table_and_readme(client: TestClient, address: str) -> tuple[bytes, str]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    packed = members(answer.content)
    (readme,) = (name for name in packed if name.endswith(".README.txt"))
    (table,) = (name for name in packed if name != readme)
    assert readme == f"{table}.README.txt"
    return packed[table], packed[readme].decode()


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "bibtex", "ris", "csl"])
def test_every_format_holds_what_the_search_found(client: TestClient, sample: Collection, form: str) -> None:
    total = search(sample, "lúa").total
    assert 0 < total < 60
    table, readme = table_and_readme(client, f"/export/download?q=lúa&format={form}")
    read_back = {
        "csv": lambda: len(list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))) - 1,
        "jsonl": lambda: len(table.splitlines()),
        "parquet": lambda: pq.read_table(io.BytesIO(table)).num_rows,
        "bibtex": lambda: len(bibtexparser.parse_string(table.decode()).entries),
        "ris": lambda: len(rispy.loads(table.decode())),
        "csl": lambda: len(json.loads(table)),
    }
    assert read_back[form]() == total
    assert "Query: lúa" in readme
    assert f"Rows: {total:,}, of {total:,} articles" in readme


def test_the_archive_address_is_whole_and_answers(client: TestClient) -> None:
    table, _ = table_and_readme(client, "/export/download?q=lúa&format=jsonl&text=0")
    row = json.loads(table.splitlines()[0])
    assert "text" not in row
    assert row["archive_address"].startswith("http://testserver/article/")
    assert client.get(row["archive_address"]).status_code == 200


def test_behind_a_proxy_addresses_are_the_readers(sample: Collection) -> None:
    public = TestClient(site_app(sample, REPLAY, public_origin="https://kho.example.org"))
    table, _ = table_and_readme(public, "/export/download?q=lúa&format=jsonl")
    assert json.loads(table.splitlines()[0])["archive_address"].startswith("https://kho.example.org/article/")


def test_filters_scope_and_versions_are_those_of_the_search(client: TestClient, sample: Collection) -> None:
    for address in ("q=lua", "q=lua&newspaper=baodonghai", "section=Văn hóa&from=08/2026", "q=lúa&scope=folded"):
        shown = client.get(f"/api/v1/search?{address}&limit=1").json()["total"]
        table, _ = table_and_readme(client, f"/export/download?{address}&format=jsonl")
        assert len(table.splitlines()) == shown, address
    table, _ = table_and_readme(client, "/export/download?format=jsonl&versions=1")
    assert len(table.splitlines()) == search(sample, "").total + 1  # one article has two versions


def test_the_page_says_how_many_and_links_the_search(client: TestClient, sample: Collection) -> None:
    page = client.get("/export?q=lúa&newspaper=baodonghai", headers={"Accept-Language": "en"}).text
    total = client.get("/api/v1/search?q=lúa&newspaper=baodonghai").json()["total"]
    assert total > 1
    assert f"<strong>{total}</strong> articles" in page
    assert 'name="newspaper" value="baodonghai"' in page
    assert 'href="/search?q=l%C3%BAa&amp;newspaper=baodonghai"' in page
    results = client.get("/search?q=lúa&newspaper=baodonghai").text
    assert 'href="/export?q=l%C3%BAa&amp;newspaper=baodonghai"' in results


def test_a_malformed_search_is_refused_with_what_is_wrong(client: TestClient) -> None:
    page = client.get('/export?q="lúa', headers={"Accept-Language": "en"})
    assert page.status_code == 400
    assert "is not closed" in page.text
    for address in ('download?q="lúa', "download?format=xls", "set.json?from=31/02/2026", "download?newspaper=none"):
        assert client.get(f"/export/{address}").status_code == 400, address


def test_head_answers_without_an_export(client: TestClient) -> None:
    answer = client.head("/export/download?q=lúa&format=csv")
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["content-disposition"].startswith('attachment; filename="baotinh-lua-2')


def test_the_set_of_a_search_is_checked_on_a_backup(client: TestClient, sample: Collection, tmp_path: Path) -> None:
    answer = client.get("/export/set.json?q=lúa")
    file = tmp_path / "set.json"
    file.write_bytes(answer.content)
    frozen = read(file)
    assert frozen.count == search(sample, "lúa").total
    back_up(sample, tmp_path / "copy")
    assert list(check(Collection.open(tmp_path / "copy"), frozen)) == []


def test_a_set_is_named_only_by_its_name(client: TestClient, sample: Collection, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.json"
    file.write_bytes(client.get("/export/set.json?q=lúa").content)
    for name in (str(file), f"../../{file}", "none"):
        assert client.get("/export", params={"set": name}).status_code == 404
        assert client.get("/export/download", params={"set": name}).status_code == 404


def test_pages_of_sets(sample: Collection, tmp_path: Path) -> None:
    back_up(sample, tmp_path / "copy")
    held = Collection.open(tmp_path / "copy")
    client = TestClient(site_app(held, REPLAY), headers={"Accept-Language": "en"})
    assert "has no sets yet" in client.get("/sets").text
    frozen = freeze(held, "tập-1", Selection.of(""))
    save(held, frozen)
    listed = client.get("/sets").text
    assert frozen.hash in listed
    page = client.get("/sets/tập-1?page=2")
    assert page.status_code == 200
    assert page.text.count('href="/article/') == frozen.count - 50
    assert "<script>alert" not in client.get("/sets/tập-1").text
    assert "holds all articles as they were frozen" in client.get("/sets/tập-1?check=1").text
    with held.catalog(writable=True) as catalog:
        catalog.connection.execute("DELETE FROM versions WHERE article_id = ?", (HOSTILE,))
    checked = client.get("/sets/tập-1?check=1").text
    assert "Missing: 1. Changed since: 0. Withdrawn by the newspaper: 0." in checked
    table, readme = table_and_readme(client, "/export/download?set=tập-1&format=jsonl")
    assert len(table.splitlines()) == frozen.count - 1
    assert frozen.hash in readme
    assert "does not hold, and that are missing here: 1" in readme
    path = held.sets / "tập-1.json"
    path.write_text(path.read_text("utf-8").replace(frozen.articles[0][0], "baocantho:0"), "utf-8")
    assert frozen.hash in client.get("/sets").text  # the articles are not read
    damaged = client.get("/sets/tập-1")
    assert damaged.status_code == 500
    assert "cannot be read, or is not as it was frozen" in damaged.text and "logged" not in damaged.text
    path.write_text("{}")
    assert "cannot be read, or is not as it was frozen" in client.get("/sets").text


def test_a_set_says_its_filters_in_the_readers_language(sample: Collection, tmp_path: Path) -> None:
    back_up(sample, tmp_path / "copy")
    held = Collection.open(tmp_path / "copy")
    filters = Filters(newspaper="baocantho", since=date(2026, 9, 1), pictures=False, changed=True)
    save(held, freeze(held, "vụ-mùa", Selection.of("lúa", filters, within="title")))
    client = TestClient(site_app(held, REPLAY))
    for lang, said in (
        ("vi", ("Báo: Báo Cần Thơ; Đăng từ ngày 01/09/2026; Chỉ bài không có ảnh; Có sửa sau khi đăng", "Tiêu đề")),
        (
            "en",
            ("Newspaper: Báo Cần Thơ; Published from 1 September 2026; Only without pictures; Changed after", "Titles"),
        ),
    ):
        page = re.sub(r"<[^>]+>", "", client.get("/sets/vụ-mùa", headers={"Accept-Language": lang}).text)
        assert all(one in page for one in said)
        assert "since" not in page and "2026-09-01" not in page


def test_more_exports_at_once_than_places_are_refused_and_places_are_given_back() -> None:
    app, downloads, go_on = FastAPI(), Downloads(most=1), threading.Event()

    @app.get("/{size}")
    def answer(size: int, request: Request) -> Response:
        def write(file: io.BytesIO) -> None:
            for _ in range(size):
                file.write(b"x" * PIECE)
            go_on.wait(120)

        return downloads.answer(request, write, "x.bin", "application/octet-stream")  # type: ignore[arg-type]

    with app_served(app) as origin:
        place = urlsplit(origin).netloc

        def get(path: str) -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection(place, timeout=60)
            connection.request("GET", path)
            return connection.getresponse()

        first = get("/2000")  # 500 MB, which nobody reads to its end
        assert first.read(10) == b"x" * 10
        refused = get("/1")
        assert refused.status == 503
        assert refused.headers["Retry-After"] == "30"
        first.close()
        first._sock = None  # type: ignore[attr-defined]
        go_on.set()
        for _ in range(300):
            with closing(get("/1")) as later:
                if later.status == 200:
                    assert len(later.read()) == PIECE
                    return
            time.sleep(0.1)
        raise AssertionError("the place was never given back")


def test_pieces_are_bounded_and_an_error_reaches_the_reader() -> None:
    written = threading.Semaphore(0)

    def endless(file: io.BytesIO) -> None:
        while True:
            file.write(b"y" * PIECE)
            written.release()

    pieces = streamed(endless)  # type: ignore[arg-type]
    assert len(next(pieces)) == PIECE
    pieces.close()  # type: ignore[attr-defined]
    count = 0
    while written.acquire(blocking=False):
        count += 1
    assert count <= 8

    def failing(file: io.BytesIO) -> None:
        file.write(b"begun")
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(streamed(failing))  # type: ignore[arg-type]
