"""Each benchmark runs and says its ratio; none of these tests looks at a figure."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.browsing import CHROMIUM, MAY_SKIP

from archive.checking import collection as verification
from archive.collection import Collection
from benchmarks import (
    assembled,
    crawls,
    drawing,
    environments,
    exporting,
    extracting,
    likeness,
    loading,
    memory,
    peers,
    replaying,
    reprinting,
    rereading,
    searching,
    serving,
    table,
    verifying,
    writer,
)
from benchmarks.origin import Origin, serve_origin
from benchmarks.scale import curve, looking

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    with serve_origin(articles=30) as running:
        yield running


@pytest.mark.parametrize("benchmark", [crawls.capture, crawls.pictures, crawls.whole], ids=lambda one: one.__name__)
def test_crawls_say_their_ratio_cpu_and_the_origins_own_rate(benchmark: table.Benchmark) -> None:
    for row in benchmark("tiny"):
        assert isinstance(row, table.Row)
        assert re.fullmatch(r"\d+\.\d\d \(\d+\.\d\d to \d+\.\d\d\)", row.measured)
        assert "ms CPU" in row.ours and row.theirs.startswith("plain Scrapy") and "ms CPU" in row.theirs
        assert re.match(r"[\d,]+/s, [\d.]+ times", row.origin)


def test_the_writer_says_its_rate_and_its_peers() -> None:
    (row,) = writer.writer("tiny")
    assert re.match(r"[\d,]+ \(", row.measured)
    assert "ms CPU" in row.ours and "warcio" in row.theirs


def test_export_says_its_ratio(tmp_path: Path) -> None:
    peer = tmp_path / "peer.py"
    peer.write_text("import pathlib, sys; pathlib.Path(sys.argv[-1]).write_bytes(b'x')")
    rows = list(exporting.export("tiny", peer=[sys.executable, peer]))
    assert [row.what.partition(", ")[2].partition(",")[0] for row in rows] == [
        "the whole collection",
        "one newspaper of four",
    ]
    assert all(re.match(r"[0-9.]+ \(", row.measured) and "MB/s" in row.ours for row in rows)


def test_verify_says_its_ratio_and_what_starting_costs() -> None:
    rows = list(verifying.verify("tiny", peer=[sys.executable, "-m", "crawler.cli", "verify"]))
    assert [row.what for row in rows] == ["verify, records of 15,000 bytes", "verify, records of 500 bytes"]
    assert all(re.match(r"\d+\.\d\d \(", row.measured) and "starts in" in row.ours for row in rows)


def test_extract_says_both_rates() -> None:
    by_rules, without = extracting.extract("tiny")
    assert re.match(r"\d+\.\d\d \(", by_rules.measured) and "floor" in by_rules.theirs
    assert re.match(r"\d+\.\d\d \(", without.measured) and "trafilatura" in without.theirs


def test_reading_again_says_how_much_faster_two_processes_are() -> None:
    row, beside = rereading.reextract("tiny")
    assert all(re.match(r"\d+\.\d\d \(", one.measured) and "ms CPU" in one.ours for one in (row, beside))
    assert row.theirs.startswith("one process ") and "ms CPU" in beside.theirs


@pytest.mark.skipif(CHROMIUM is None and MAY_SKIP, reason="no Chromium here: install the system's chromium")
def test_likeness_says_its_rate_and_how_long_a_search_takes() -> None:
    hashed, looked_up = likeness.likeness("tiny")
    assert "/s" in hashed.ours and "ImageHash" in hashed.theirs
    assert looked_up.measured.endswith(" ms") and "bytes a picture" in looked_up.ours


def test_drawing_says_seconds_a_page_and_chromiums_own() -> None:
    (row,) = drawing.drawing("tiny")
    assert re.fullmatch(r"[\d.]+ \([\d.]+ to [\d.]+\) s", row.measured)
    assert "two at once" in row.ours and "Chromium alone" in row.theirs


def test_search_says_its_rates_and_fts5s() -> None:
    indexing, rare, common, page, command, export, counted = searching.search_rows("tiny")
    assert re.match(r"[\d,]+/s", indexing.measured) and "FTS5" in indexing.theirs
    assert all(row.measured.endswith(" ms") and "FTS5" in row.theirs for row in (rare, common))
    assert "without a pause" in page.measured and "one reader alone" in page.theirs
    assert command.measured.endswith(" s") and "Python alone" in command.theirs
    assert all(re.match(r"[\d,]+/s", row.measured) and " MB" in row.ours for row in (export, counted))


def test_reprints_say_their_time_and_datasketchs_and_how_sure_they_are() -> None:
    at_once, memory, placed, labelled = reprinting.reprints("tiny")
    assert at_once.measured.endswith(" s") and "datasketch" in at_once.theirs
    assert memory.measured.endswith(" MB") and placed.measured.endswith(" ms")
    assert all(float(figure) >= 0.98 for figure in labelled.measured.split(", "))


def test_a_collection_that_nothing_crawled_is_measured_and_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_PAUSE_S", 0.02)
    point = curve.measure(60, tmp_path / "held", files=4)
    cells = point.cells()
    assert len(point.pages) > 8 and all(one.median > 0 for one in point.pages)
    assert cells["WARC files"] == "4" and all(" s CPU" in cells[name] for name in ("built in", "verify"))
    assert len(point.runs) == 2
    with Collection.open(tmp_path / "held").catalog() as catalog:
        assert catalog.count_articles() == 60 + 20
    assert verification.verify(Collection.open(tmp_path / "held")).findings == []
    table_of = curve.table_of([point])
    assert "GB (catalog" in cells["of a million such articles"]
    assert table_of.startswith("| articles | 60 |") and f"| verify | {point.verify} |" in table_of


@pytest.mark.skipif(shutil.which("wrk") is None and MAY_SKIP, reason="no wrk here: install the system's wrk")
def test_the_site_says_its_rates_for_one_process_and_two() -> None:
    rows = list(loading.site("tiny"))
    assert {"a static file", "search, common word", "metrics", "replay, a capture"} <= {
        row.what.partition(", among")[0] for row in rows
    }
    for row in rows:
        assert re.fullmatch(r"\d\.\d{3}; two processes \d+\.\d\d \(.*\) times one", row.measured)
        assert re.match(r"one: [\d,]+/s, [\d,]+ and [\d,]+ ms, [\d.]+ ms CPU each; two: ", row.ours)
        assert row.theirs.startswith("bare uvicorn ") and "failed" not in row.ours + row.theirs


def test_without_wrk_the_site_is_not_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (row,) = loading.site("tiny")
    assert row.measured == "not measured: wrk is not installed (apt-get install wrk)"


@pytest.mark.skipif(shutil.which("wrk") is None and MAY_SKIP, reason="no wrk here: install the system's wrk")
def test_answers_that_are_refused_are_counted(tmp_path: Path) -> None:
    point = curve.built(tmp_path / "held", 60)
    assert point is not None and point == curve.built(tmp_path / "held", 60)
    with serving.served(tmp_path / "held") as site:
        found = loading.load(site.port, loading.Asked(path="/none"), 1, site.pid)
    assert found.failed > 0 and f"{found.failed} failed" in str(found)


def test_captured_bytes_say_their_time() -> None:
    stored, listed, nearest = replaying.replay("tiny")
    assert "among 300 captures, p95" in stored.what and stored.wanted == "20 ms"
    for row in (stored, listed, nearest):
        assert re.fullmatch(r"[\d.]+ ms", row.measured) and row.theirs.startswith("a static file ")


def test_a_million_articles_have_a_price() -> None:
    (row,) = curve.price("tiny")
    assert re.fullmatch(r"[\d.,]+ and [\d.,]+ GB", row.measured)
    assert all("warc" in said and re.search(r"CPU hours [\d.]+$", said) for said in (row.ours, row.theirs))


def test_memory_says_its_ratio() -> None:
    (row,) = memory.memory("tiny")
    assert re.fullmatch(r"\d+\.\d\d times", row.measured)


def test_a_peer_that_cannot_be_installed_stands_in_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "WORKSHOP", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    found = {row.who: row for row in peers.peers("tiny", ["baotinh, capture alone", "crau 0.3.3"])}
    assert found["baotinh, capture alone"].pages[-1] == "20 of 20"
    assert found["baotinh, capture alone"].pictures[-1] == "20 of 20"
    assert found["plain Scrapy"].pages[0] == "1.00"
    assert not found["crau 0.3.3"].pages and "could not be installed" in found["crau 0.3.3"].note
    assert "could not be installed" in table.for_document(found.values())


def test_the_assembled_crawl_that_cannot_be_installed_stands_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "WORKSHOP", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    (row,) = assembled.assembled("tiny")
    assert "could not be installed" in row.theirs


def test_the_assembled_crawl_reads_each_article(
    origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it but scrapy-warcio, which stands in an environment of its own."""
    monkeypatch.setattr(peers, "environment", lambda name: Path(sys.executable).parent)
    own = {"FEEDS": {"articles.jsonl": {"format": "jsonlines"}}}
    paths = [*crawls.list_paths(30), *crawls.article_paths(30)]
    found = peers.run_scrapy("assembled", own, origin, paths, tmp_path, "benchmarks.adapters.TrafilaturaReading")
    lines = (tmp_path / "articles.jsonl").read_text("utf-8").splitlines()
    assert found.requests == len(paths) and len(lines) == 30
    assert all(len(json.loads(line)["text"]) > 300 for line in lines)


def test_a_crawl_that_lost_a_page_is_no_measurement(origin: Origin, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="1 answers, 0 response records"):
        crawls.check_held(Collection.create(tmp_path), 1)
    assert crawls.capture_alone(origin, crawls.article_paths(30)).requests == 30


def test_the_origins_pages_have_their_size_and_are_all_different(origin: Origin) -> None:
    pages = origin.pages()
    bodies = {pages.article(1_000_000 + nth) for nth in range(30)}
    assert {len(body or b"") for body in bodies} == {30_000} and len(bodies) == 30
    assert pages.article(1_000_030) is None
    pictures = {pages.picture(1_000_000 + nth) for nth in range(5)}
    assert {len(picture) for picture in pictures} == {200_000} and len(pictures) == 5


def test_the_tables_take_their_place_in_the_document(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{table.BEGIN}\n\nold\n\n{table.END}\n\nbehind\n", "utf-8")
    row = table.Row(what="a", wanted="b", measured="c", ours="d", theirs="e", origin="f")
    table.write_document(table.for_document([row]), page)
    said = page.read_text("utf-8")
    assert "old" not in said and "| a | b | c | d | e | f |" in said
    assert said.startswith("before") and said.endswith("behind\n")
    table.write_document(table.for_document([row]), page)
    assert page.read_text("utf-8") == said


def test_the_document_has_a_place_for_the_tables() -> None:
    said = table.DOCUMENT.read_text("utf-8")
    assert said.count(table.BEGIN) == said.count(table.END) == 1


def test_rows_of_one_benchmark_take_the_place_of_their_former_ones(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(table.DOCUMENT.read_text("utf-8"), "utf-8")
    known = table.Row(what="capture alone, 30 KB pages", measured="1.23", ours="d", theirs="e")
    new = table.Row(what="something new", measured="4.56", ours="d", theirs="e")
    table.update_document([known, new], page)
    before, after = table.DOCUMENT.read_text("utf-8").splitlines(), page.read_text("utf-8").splitlines()
    assert [line for line in before if line not in after] == [
        line for line in before if line.startswith("| capture alone, 30 KB pages |")
    ]
    assert [line for line in after if line not in before] == [
        "| capture alone, 30 KB pages |  | 1.23 | d | e |  |", "| something new |  | 4.56 | d | e |  |",
    ]  # fmt: skip


def test_peers_are_pinned_and_no_index_is_named() -> None:
    for path in (ROOT / "benchmarks" / "peers").iterdir():
        lines = path.read_text("utf-8").splitlines()
        assert lines and all(re.match(r"[a-z0-9._-]+==[\w.!+-]+( ;.*)?$", line) for line in lines), path.name
