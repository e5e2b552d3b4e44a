"""Exports read back by other programs: counts, columns, types, hostile texts, and what stands beside the file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import attrs
import bibtexparser
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rispy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.collection_builder import CollectionBuilder, make_article
from support.crawling import Demonstration, baotinh
from support.pseudo_terminal import on_terminal
from support.small_archive import HOSTILE, edit

from archive.article import Article, Block, CaptureRef, Image, to_json
from archive.catalog import Version
from archive.collection import Collection
from archive.errors import OutputUnwritable, UnknownNewspaper
from archive.export import arrow_rows, matching
from archive.export.arrow_rows import ArrowRowReader
from archive.export.formats import Format
from archive.export.matching import matches
from archive.export.rows import Histories, Row, RowReader, captions_of, columns
from archive.export.spreadsheet import safe_cell
from archive.export.tables import arrow_schema, describe, record_batch
from archive.export.taking import Exported, Wanted, export, whole_file
from archive.search.filters import Filters
from archive.search.indexing.index import follow
from archive.search.query import search
from archive.search.selection import Selection

HANOI = timezone(timedelta(hours=7))
ALL = ("jsonl", "csv", "parquet", "bibtex", "ris", "csl")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def written(collection: Collection, wanted: Wanted) -> tuple[bytes, Exported]:
    out = io.BytesIO()
    exported = export(collection, wanted, out)
    return out.getvalue(), exported


def json_rows(octets: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in octets.decode().splitlines()]


def csv_rows(octets: bytes) -> list[dict[str, str]]:
    assert octets.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig"), newline="")))


COUNT: dict[str, Callable[[bytes], int]] = {
    "jsonl": lambda octets: len(json_rows(octets)),
    "csv": lambda octets: len(csv_rows(octets)),
    "parquet": lambda octets: pq.read_table(io.BytesIO(octets)).num_rows,
    "bibtex": lambda octets: len(bibtexparser.parse_string(octets.decode()).entries),
    "ris": lambda octets: len(rispy.loads(octets.decode())),
    "csl": lambda octets: len(json.loads(octets)),
}


@pytest.mark.parametrize("form", ALL)
@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("", Filters()),
        ("học bổng", Filters()),
        ("hoc bong", Filters(newspaper="baoangiang")),
        ("", Filters(changed=True)),
        ("lúa -3", Filters(since=date(2026, 1, 3), until=date(2026, 1, 7))),
        ("không có từ này", Filters()),
    ],
)
def test_an_export_has_what_the_search_finds(
    collection: Collection, form: Format, query: str, filters: Filters
) -> None:
    found = search(collection, Selection.of(query, filters), limit=1000)
    octets, exported = written(collection, Wanted(form=form, selection=Selection.of(query, filters)))
    assert COUNT[form](octets) == exported.rows == exported.articles == found.total
    if form == "jsonl":
        assert {(row["id"], row["version"]) for row in json_rows(octets)} == {
            (hit.id, hit.version) for hit in found.hits
        }


def test_the_three_tables_hold_the_same(collection: Collection, tmp_path: Path) -> None:
    octets = {form: written(collection, Wanted(form=form))[0] for form in ("jsonl", "csv", "parquet")}
    lines = json_rows(octets["jsonl"])
    names = [column.name for column in columns()]
    assert all(list(line) == names for line in lines)
    table = pq.read_table(io.BytesIO(octets["parquet"]))
    assert table.column_names == names and list(csv_rows(octets["csv"])[0]) == names
    for line, row, cells in zip(lines, table.to_pylist(), csv_rows(octets["csv"]), strict=True):
        assert row.pop("published_at") == datetime.fromisoformat(line["published_at"])
        assert row.pop("captured_at") == datetime.fromisoformat(line["captured_at"])
        assert row.pop("modified_at") is line["modified_at"] is None
        assert row == {name: value for name, value in line.items() if name in row}
        for name in ("id", "url", "published_at", "captured_at", "record_id", "payload_digest", "version"):
            if "\n" not in line[name] and "\u202e" not in line[name]:
                assert cells[name] == line[name]
    (tmp_path / "all.parquet").write_bytes(octets["parquet"])
    (tmp_path / "all.csv").write_bytes(octets["csv"])
    (tmp_path / "all.jsonl").write_bytes(octets["jsonl"])
    counts = []
    with duckdb.connect() as connection:
        for name in ("all.parquet", "all.csv", "all.jsonl"):
            rows = connection.execute(
                f"SELECT newspaper, count(*), sum(pictures) FROM '{tmp_path / name}' GROUP BY 1 ORDER BY 1"
            )
            counts.append(rows.fetchall())
        kind = connection.execute(f"SELECT typeof(published_at) FROM '{tmp_path / 'all.parquet'}' LIMIT 1").fetchone()
    assert counts[0] == counts[1] == counts[2] == [("baoangiang", 3, 0), ("baocantho", 6, 1)]
    assert kind == ("TIMESTAMP WITH TIME ZONE",)


def test_a_row_names_its_capture(collection: Collection) -> None:
    octets, _ = written(collection, Wanted(form="jsonl", selection=Selection.of('tiêu đề:"Bài số 3"')))
    (row,) = json_rows(octets)
    with collection.catalog() as catalog:
        version = catalog.article(row["id"])
        capture = catalog.capture(version.record_id)
    assert capture is not None
    assert (row["record_id"], row["payload_digest"]) == (capture.record_id, capture.payload_digest)
    assert (row["warc_file"], row["warc_offset"]) == (capture.file, capture.offset)
    assert (row["version"], row["versions"]) == (version.content_hash, 2)
    assert row["archive_address"] == f"/article/{row['id']}?version={version.content_hash}"
    assert row["text"].startswith("Trường trao học bổng cho 3 em.\n\nBổ sung") and "Ảnh" not in row["text"]
    assert (row["newspaper_title"], row["province"]) == ("Báo Cần Thơ", "Cần Thơ")


def test_every_version_is_a_row_on_demand(collection: Collection) -> None:
    for selection in (Selection(), Selection.of("học bổng")):
        latest = json_rows(written(collection, Wanted(form="jsonl", selection=selection))[0])
        octets, exported = written(collection, Wanted(form="jsonl", selection=selection, every_version=True))
        rows = json_rows(octets)
        assert len(rows) == len(latest) + 1 == exported.rows and exported.articles == len(latest)
        twice = [row for row in rows if row["versions"] == 2]
        assert len({row["version"] for row in twice}) == 2 and twice[0]["captured_at"] < twice[1]["captured_at"]


def test_the_text_can_be_left_out(collection: Collection) -> None:
    for form in ("jsonl", "csv", "parquet"):
        octets, _ = written(collection, Wanted(form=form, with_text=False))
        assert b"thu ho" not in octets
    assert "text" not in pq.read_table(io.BytesIO(octets)).column_names


def test_parquet_has_one_schema_whatever_the_articles(collection: Collection) -> None:
    schemas = []
    for query in ("", "không có từ này", "tiêu đề:cmd"):
        octets, _ = written(collection, Wanted(form="parquet", selection=Selection.of(query)))
        schemas.append(pq.read_schema(io.BytesIO(octets)).remove_metadata())
    assert schemas[0] == schemas[1] == schemas[2]
    assert not [field for field in schemas[0] if pa.types.is_struct(field.type) or pa.types.is_null(field.type)]
    assert schemas[0].field("published_at").type == pa.timestamp("us", "Asia/Ho_Chi_Minh")
    assert schemas[0].field("captured_at").type == pa.timestamp("us", "UTC")
    assert schemas[0].names == arrow_schema().names == [field.name for field in attrs.fields(Row)]


def test_no_cell_begins_a_formula_or_holds_a_control_character(collection: Collection) -> None:
    octets, _ = written(collection, Wanted(form="csv"))
    cells = [cell for row in csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline="")) for cell in row]
    assert any("cmd|" in cell for cell in cells)
    assert not [cell for cell in cells if cell.lstrip(" ").startswith(FORMULA)]
    assert not {"\x00", "\x07", "\x1b", "\r"} & set("".join(cells))


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\x00=1", " =1", "＝1", "\r=1", "\n=1"])
def test_a_formula_becomes_text(text: str) -> None:
    assert str(safe_cell(text)).startswith("'")


def test_a_search_is_paged_and_finds_each_article_once(
    builder: CollectionBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(builder.collection)
    edit(builder, 1)
    follow(builder.collection)
    monkeypatch.setattr(matching, "PAGE", 2)
    pages = list(matches(builder.collection, Selection()))
    found = [seq for page in pages for seq in page]
    latest = [one.seq for one in builder.catalog.latest_versions(0, builder.catalog.last_seq(), 100)]
    assert found == latest and max(map(len, pages)) == 2
    octets, _ = written(builder.collection, Wanted(form="jsonl", selection=Selection.of("học bổng")))
    assert len(json_rows(octets)) == search(builder.collection, "học bổng").total


def test_what_is_not_indexed_yet_is_counted(builder: CollectionBuilder) -> None:
    follow(builder.collection)
    edit(builder, 1)
    _, exported = written(builder.collection, Wanted(form="jsonl", selection=Selection.of("học bổng")))
    assert exported.behind == 1
    assert written(builder.collection, Wanted(form="jsonl"))[1].behind == 0


def test_half_a_surrogate_pair_is_written_as_a_replacement(builder: CollectionBuilder) -> None:
    builder.publish(make_article(50, title="Nửa cặp", authors=("Lê \ud83d An",), tags=("\udfff",)), "<p>Nửa cặp")
    for form in ALL:
        octets, _ = written(builder.collection, Wanted(form=form))
        octets.decode() if form != "parquet" else None
    (row,) = [row for row in json_rows(written(builder.collection, Wanted(form="jsonl"))[0]) if "Nửa" in row["title"]]
    assert (row["authors"], row["tags"]) == (["Lê \ufffd An"], ["\ufffd"])


def test_dates_at_the_ends_of_the_calendar(builder: CollectionBuilder) -> None:
    early = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
    builder.publish(make_article(51, published_at=early))
    builder.publish(make_article(52, published_at=datetime.max.replace(tzinfo=UTC)))
    for form in ALL:
        octets, exported = written(builder.collection, Wanted(form=form))
        assert COUNT[form](octets) == exported.rows


PARTS = st.text(max_size=8) | st.sampled_from(["", " ", "\u00a0", "học bổng", "\x00", "\\ud83d"])
ARTICLES = st.builds(
    Article,
    newspaper=st.sampled_from(["baocantho", "baokhac"]),
    article_id=st.sampled_from(["1", "a/b c", "Ư"]),
    url=PARTS,
    title=PARTS,
    kicker=st.none() | PARTS,
    lead=st.none() | PARTS,
    section=st.none() | PARTS,
    source=st.none() | PARTS,
    byline=st.none() | PARTS,
    authors=st.lists(PARTS, max_size=2).map(tuple),
    tags=st.lists(PARTS, max_size=2).map(tuple),
    language=st.sampled_from(["vi", "en", ""]),
    body=st.lists(
        st.builds(Block, type=st.sampled_from(["paragraph", "heading", "figure", "table", "related"]), text=PARTS),
        max_size=4,
    ).map(tuple),
    images=st.lists(
        st.builds(Image, url=PARTS, caption=st.none() | PARTS, credit=st.none() | PARTS, printed=st.none() | PARTS),
        max_size=3,
    ).map(tuple),
    published_at=st.datetimes(min_value=datetime(2, 1, 1), timezones=st.sampled_from([UTC, HANOI])),
    modified_at=st.none() | st.datetimes(min_value=datetime(2, 1, 1), timezones=st.just(HANOI)),
    captured_at=st.just(datetime(2026, 10, 1, tzinfo=UTC)),
    capture=st.none() | st.just(CaptureRef(record_id="urn:uuid:1", file="a.warc.gz", offset=5)),
    published_precision=st.sampled_from([None, "day"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=150)
@given(articles=st.lists(ARTICLES, max_size=4))
def test_arrow_reads_the_rows_that_python_reads(collection: Collection, articles: list[Article]) -> None:
    versions = [
        Version(seq, article.id, article.content_hash, 1, "urn:uuid:1", article.captured_at, to_json(article).encode())
        for seq, article in enumerate(articles)
    ]
    schema = arrow_schema()
    histories = Histories({article.id: 1 for article in articles}, {})
    with collection.catalog() as catalog:
        by_python = record_batch(RowReader(catalog).rows(versions, histories), schema)
        assert ArrowRowReader(catalog, schema).batch(versions, histories).equals(by_python)


def test_arrow_reads_a_whole_archive(demonstration: Demonstration, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no batch of it is left to Python."""
    schema = arrow_schema()
    with demonstration.collection.catalog() as catalog:
        versions = catalog.versions_after(0, limit=1000)
        by_python = record_batch(RowReader(catalog).rows(versions), schema)
        monkeypatch.delattr(arrow_rows, "record_batch")
        assert ArrowRowReader(catalog, schema).batch(versions).equals(by_python)


def test_an_unknown_newspaper_is_an_error(collection: Collection) -> None:
    with pytest.raises(UnknownNewspaper):
        written(collection, Wanted(form="csv", selection=Selection.of("", Filters(newspaper="baokhongco"))))


def test_a_file_takes_its_name_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("cũ")
    with pytest.raises(ValueError, match="half"), whole_file(path) as file:
        file.write(b"half")
        raise ValueError("half")
    assert path.read_text() == "cũ" and list(tmp_path.iterdir()) == [path]
    with whole_file(path) as file:
        file.write(b"whole")
    assert path.read_bytes() == b"whole" and list(tmp_path.iterdir()) == [path]
    for wrong in (tmp_path, tmp_path / "nowhere" / "out.csv"):
        with pytest.raises(OutputUnwritable), whole_file(wrong):
            pass


def test_the_columns_are_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "search-and-cite.md").read_text("utf-8")
    part = page.partition("| column | meaning |\n|---|---|\n")[2].partition("\n\n")[0]
    assert part.splitlines() == [f"| `{one.name}` | {one.meaning} |" for one in describe()]


# the command


@pytest.mark.parametrize("form", ALL)
def test_the_command_writes_a_file_and_a_readme(collection: Collection, form: str, tmp_path: Path) -> None:
    path = tmp_path / f"out.{form}"
    where = ("--collection", collection.root)
    done = baotinh("export", "học bổng", "--from", "01/2026", "--format", form, "--output", path, *where)
    assert done.returncode == 0, done.stderr
    count = search(collection, Selection.of("học bổng", Filters(since=date(2026, 1, 1)))).total
    assert COUNT[form](path.read_bytes()) == count
    assert f"Exported {count} articles in {count} rows" in done.stdout
    readme = (tmp_path / f"out.{form}.README.txt").read_text("utf-8")
    for said in ("Query: học bổng", "Scope: as typed", "since = 2026-01-01", f"Rows: {count}, of {count} articles"):
        assert said in readme
    assert ("payload_digest" in readme.partition("Columns")[2]) == (form in ("jsonl", "csv", "parquet"))
    assert sorted(tmp_path.iterdir()) == [path, tmp_path / f"out.{form}.README.txt"]
    printed = baotinh("export", "học bổng", "--from", "01/2026", "--no-text", *where)
    assert len(printed.stdout.splitlines()) == count and '"text"' not in printed.stdout


def test_a_refused_export_leaves_no_file(collection: Collection, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    done = baotinh("export", "--newspaper", "baokhongco", "--output", path, "--collection", collection.root)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    done = baotinh("export", "--output", tmp_path / "a" / "b", "--collection", collection.root)
    assert done.returncode == 1 and "cannot be written" in done.stderr and "Traceback" not in done.stderr


def test_switches_that_turn_off_are_known(collection: Collection) -> None:
    where = ("--collection", collection.root)
    assert len(baotinh("search", "", "--no-pictures", "--json", *where).stdout.splitlines()) == 8
    assert len(baotinh("export", "--no-pictures", *where).stdout.splitlines()) == 8
    assert "did you mean '--no-pictures'" in baotinh("search", "", "--no-picture", *where).stderr


@pytest.mark.parametrize("form", ["jsonl", "csv", "bibtex", "ris", "csl"])
def test_a_terminal_gets_no_control_character(collection: Collection, form: str) -> None:
    seen = on_terminal(120, 40, "export", "--format", form, "--collection", str(collection.root))
    assert seen.code == 0
    shown = seen.octets.decode()
    assert "cmd" in shown
    assert not {"\x1b", "\x07", "\x00", "\u202e"} & set(shown)


def test_parquet_is_not_written_to_a_terminal(collection: Collection) -> None:
    seen = on_terminal(120, 40, "export", "--format", "parquet", "--collection", str(collection.root))
    assert seen.code == 2 and "--output" in "\n".join(seen.last)


@pytest.mark.parametrize("form", ["chicago", "apa", "vietnamese", "bibtex", "ris", "csl"])
def test_show_prints_a_citation(collection: Collection, form: str) -> None:
    with collection.catalog() as catalog:
        (id,) = [one.article_id for one in catalog.versions_after(0) if HOSTILE[:4] in one.line]
    done = baotinh("show", id, "--cite", form, "--collection", collection.root)
    assert done.returncode == 0 and "cmd" in done.stdout
    assert not {"\x1b", "\x07", "\x00", "\u202e", "\r", "\ufffd"} & set(done.stdout)
    if form == "bibtex":
        assert len(bibtexparser.parse_string(done.stdout).entries) == 1
    if form == "ris":
        assert len(rispy.loads(done.stdout)) == 1


def test_captions_are_exported_as_they_are_printed() -> None:
    pictures = [
        {"caption": "Bến đò", "credit": "Lê Hà", "printed": "Bến đò (Ảnh minh họa: Lê Hà)"},
        {"caption": "Chợ nổi", "credit": "TTXVN"},
        {"caption": None, "credit": None},
    ]
    assert [*captions_of(pictures)] == ["Bến đò (Ảnh minh họa: Lê Hà)", "Chợ nổi (TTXVN)"]
