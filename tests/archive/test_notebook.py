"""A collection as Arrow tables: the same articles and counts as by the commands, in one schema."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import attrs
import duckdb
import pyarrow as pa
import pytest
from support.collection_builder import BEGINNING, CARD, CollectionBuilder, make_article

import archive
from archive.article import Article, Block, Image
from archive.catalog.coverage import Covered, cover
from archive.collection import Collection
from archive.count.collocations import collocations
from archive.count.frequencies import count_terms
from archive.errors import BadQuery, CollectionMissing, NoSuchDay, UnknownNewspaper
from archive.export.tables import arrow_schema
from archive.notebook import Archive
from archive.search.query import search
from archive.search.selection import Selection

PAPERS = {"baocantho": CARD, "baolaocai": {"title": "Báo Lào Cai", "province": "Lào Cai"}, "baocamau": {}}


def written(number: int) -> Article:
    """An article of every third day; every second one is of Báo Lào Cai, has a picture and names no author."""
    is_second = bool(number % 2)
    return make_article(
        number,
        newspaper="baolaocai" if is_second else "baocantho",
        title=f"Trao học bổng đợt {number}" if number % 5 == 0 else f"Tin ngày {number}",
        body=(
            Block(type="paragraph", text=f"Hội khuyến học trao {number} suất học bổng cho học sinh nghèo."),
            Block(type="related", text="Bài liên quan: học bổng"),
        ),
        images=(Image(url="https://x.vn/a.jpg", caption="Lễ trao", credit="Lê Hà"),) if is_second else (),
        authors=() if is_second else ("Trần Bình", "Lý Sương"),
        tags=("khuyến học",),
        published_at=datetime(2026, 5, 1, 3, tzinfo=UTC) + timedelta(days=3 * number),
    )


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return [written(number) for number in range(30)]


@pytest.fixture(scope="module")
def root(articles: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Path:
    builder = CollectionBuilder(tmp_path_factory.mktemp("notebook") / "collection", PAPERS)
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    for article in articles:
        builder.release(attrs.evolve(article, capture=ref))
    span = Covered(section="Thời sự", since=datetime(2026, 5, 1, tzinfo=UTC), until=datetime(2026, 6, 1, tzinfo=UTC))
    with builder.catalog.transaction() as connection:
        cover(connection, "baocantho", span)
    return builder.close().root


@pytest.fixture(scope="module")
def opened(root: Path) -> Archive:
    found: Archive = archive.open(root)
    return found


def test_importing_the_package_imports_nothing_of_it() -> None:
    script = "import archive, sys; print([one for one in sys.modules if one.startswith(('archive.', 'pyarrow'))])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_collection_is_opened_by_its_directory(root: Path, tmp_path: Path) -> None:
    assert repr(archive.open(str(root))) == f"archive.open({str(root)!r})"
    with pytest.raises(CollectionMissing):
        archive.open(tmp_path)


def test_all_articles_are_a_table_in_the_order_of_publication(opened: Archive, articles: list[Article]) -> None:
    table = opened.articles()
    assert table.schema.equals(arrow_schema(), check_metadata=True)
    assert table["id"].to_pylist() == [article.id for article in articles]
    row, article = table.slice(1, 1).to_pylist()[0], articles[1]
    assert (row["version"], row["title"], row["url"]) == (article.content_hash, article.title, article.url)
    assert (row["published_at"], row["authors"], row["tags"]) == (article.published_at, [], ["khuyến học"])
    assert (row["pictures"], row["captions"], row["captured_at"]) == (1, ["Lễ trao (Lê Hà)"], BEGINNING)
    assert row["record_id"].startswith("urn:uuid:") and row["payload_digest"].startswith("sha256:")
    assert row["text"] == article.body[0].text


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("học bổng", {}),
        ("hoc bong", {"scope": "folded"}),
        ("title:học", {"newspaper": "baocantho"}),
        ("học", {"within": "title", "pictures": True}),
        ("", {"since": "06/2026", "until": date(2026, 6, 15)}),
        ("", {"author": "Bình", "province": "Hậu Giang"}),
        ("voi", {}),
    ],
)
def test_a_query_gives_the_articles_of_a_search(opened: Archive, query: str, options: dict[str, object]) -> None:
    table = opened.articles(query, with_text=False, **options)  # type: ignore[arg-type]
    assert table.schema.equals(arrow_schema(with_text=False))
    keep = {"scope": options.get("scope"), "within": options.get("within", "text")}
    filters = {name: value for name, value in options.items() if name not in keep}
    if "since" in filters:
        filters["since"] = date(2026, 6, 1)
    from archive.search.filters import Filters

    found = search(opened.collection, Selection.of(query, Filters(**filters), **keep), limit=1000)  # type: ignore[arg-type]
    assert sorted(table["id"].to_pylist()) == sorted(hit.id for hit in found.hits)
    assert table.num_rows == found.total and (query == "voi") == (found.total == 0)


def test_what_is_mistyped_is_refused(opened: Archive) -> None:
    with pytest.raises(BadQuery):
        opened.articles('"học')
    with pytest.raises(BadQuery):
        opened.articles(since="2026", until="2025")
    with pytest.raises(NoSuchDay):
        opened.articles(since="31/02/2026")
    with pytest.raises(TypeError):
        opened.articles(writer="Bình")
    for read in (opened.coverage, lambda name: opened.counts("học", newspapers=[name])):
        with pytest.raises(UnknownNewspaper):
            read("baohanoi")


def test_batches_are_the_same_rows(opened: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.notebook.BATCH", 7)
    batches = list(opened.batches())
    assert [batch.num_rows for batch in batches] == [7, 7, 7, 7, 2]
    assert pa.Table.from_batches(batches).equals(opened.articles())


def test_counts_are_those_of_the_command(opened: Archive) -> None:
    rows = count_terms(opened.collection, ["học bổng", "lúa"], by_newspaper=True)
    table = opened.counts("học bổng", "lúa", by_newspaper=True)
    assert table.to_pylist() == [row.values() | {"first": row.first} for row in rows]
    assert sum(table["occurrences"].to_pylist()) == 30 + 6
    narrowed = opened.counts("học bổng", by="day", newspapers=["baolaocai"], since="05/2026", until="05/2026")
    assert set(narrowed["first"].to_pylist()) == {date(2026, 5, day) for day in (4, 10, 16, 22, 28)}
    assert opened.counts("voi", since="2020", until="2020").schema.equals(table.schema)


def test_collocations_are_those_of_the_command(opened: Archive) -> None:
    found = collocations(opened.collection, "học bổng", pairs=True, limit=5)
    table = opened.collocations("học bổng", pairs=True, limit=5)
    assert found.collocates and table.to_pylist() == [attrs.asdict(one) for one in found.collocates]
    assert opened.collocations("voi").schema.equals(table.schema)


def test_coverage_has_a_row_for_each_section_and_period(opened: Archive, articles: list[Article]) -> None:
    table = opened.coverage("baocantho", since="05/2026", until="06/2026")
    assert table.num_rows == 61 * len(set(table["section"].to_pylist()))
    rows = {row["first"]: row for row in table.to_pylist() if row["section"] == "Thời sự"}
    assert rows[date(2026, 5, 1)]["articles"] == 1 and rows[date(2026, 5, 1)]["state"] == "held"
    assert rows[date(2026, 5, 2)] == {
        "newspaper": "baocantho", "section": "Thời sự", "first": date(2026, 5, 2), "articles": 0, "state": "empty",
        "covered": 1.0,
    }  # fmt: skip
    assert rows[date(2026, 6, 5)]["state"] == "never"
    months = opened.coverage("baocantho", by="month")
    assert sum(months["articles"].to_pylist()) == sum(one.newspaper == "baocantho" for one in articles)
    assert opened.coverage("baocamau").num_rows == 0


def test_newspapers_have_their_provinces_and_what_is_held(opened: Archive) -> None:
    cantho, camau = (
        next(r for r in opened.newspapers().to_pylist() if r["newspaper"] == n) for n in ("baocantho", "baocamau")
    )
    assert cantho == {
        "newspaper": "baocantho", "title": "Báo Cần Thơ", "province": "Cần Thơ",
        "provinces_before": ["Cần Thơ", "Hậu Giang", "Sóc Trăng"], "articles": 15, "first": date(2026, 5, 1),
        "last": date(2026, 7, 24),
    }  # fmt: skip
    assert camau["articles"] == 0 and camau["first"] is None and camau["title"] == "baocamau"


def test_pandas_and_duckdb_read_the_tables(opened: Archive) -> None:
    table = opened.articles("học bổng")
    frame = table.to_pandas()
    assert len(frame) == table.num_rows and str(frame["published_at"].dt.tz) == "Asia/Ho_Chi_Minh"
    counted = duckdb.sql("SELECT newspaper, count(*) FROM table GROUP BY 1 ORDER BY 1".replace("table", '"table"'))
    assert counted.fetchall() == [("baocantho", 15), ("baolaocai", 15)]


def test_an_empty_collection_has_the_same_columns(opened: Archive, tmp_path: Path) -> None:
    empty = archive.open(Collection.create(tmp_path / "empty").root)
    assert empty.articles().schema.equals(opened.articles().schema) and empty.articles().num_rows == 0
    assert empty.newspapers().schema.equals(opened.newspapers().schema)
    assert json.dumps(empty.counts("học bổng").to_pylist()) == "[]"
