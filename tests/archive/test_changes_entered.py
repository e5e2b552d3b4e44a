"""The table of changes: entered with each version, also late ones, and the same after a rebuild and a migration."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from support.collection_builder import BEGINNING, CollectionBuilder, make_article
from support.earlier_catalog import take_back
from support.several_runs import small_files

from archive.article import Article, Block, PageLayout
from archive.catalog import changes, schema
from archive.catalog.change_lists import ChangeFilters, Cursor, changes_among, cursor_of, list_changes, titled
from archive.catalog.changes import changes_of_article
from archive.catalog.lifecycle import PageStatus, StatusChange
from archive.catalog.versions import enter_changes
from archive.changes.kinds import ChangeKind
from archive.collection import Collection
from archive.ingest.release import release
from archive.reasons import WithholdingReason
from archive.rebuild.whole import rebuild
from archive.revisit_policy import DEFAULT_POLICY
from archive.withholding import withhold

K = ChangeKind
# No id of a row: a rebuild numbers them anew
ROWS = """SELECT c.at, c.newspaper, c.section, c.article_id, v.content_hash, f.content_hash, c.kinds, c.removed,
    c.added, c.is_silent,
    (SELECT group_concat(kind) FROM (SELECT kind FROM change_kinds WHERE change_id = c.id ORDER BY kind))
    FROM changes c LEFT JOIN versions v ON v.seq = c.version_seq LEFT JOIN versions f ON f.seq = c.former_seq
    ORDER BY c.at, c.article_id, c.kinds"""


def rows(collection: Collection) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(collection.catalog_path)) as connection:
        return connection.execute(ROWS).fetchall()


def told(text: str, number: int = 1, **fields: Any) -> Article:
    return make_article(number, lead=None, body=(Block(type="paragraph", text=text),), **fields)


@pytest.fixture
def builder(tmp_path: Path) -> CollectionBuilder:
    return CollectionBuilder(tmp_path / "collection")


def released(builder: CollectionBuilder, article: Article, at: datetime) -> None:
    """Release through the door that every crawl, import and re-extraction takes."""
    ref = builder.capture(article.url, article.body[0].text.encode())
    with builder.catalog.transaction() as connection:
        release(
            connection,
            builder.run,
            attrs.evolve(article, capture=ref, captured_at=at),
            DEFAULT_POLICY,
            builder.collection,
        )


def test_a_version_between_two_others_divides_their_change(builder: CollectionBuilder) -> None:
    hours = [BEGINNING + timedelta(hours=nth) for nth in range(3)]
    released(builder, told("Có 12 hộ bị ngập ở chợ nổi."), hours[0])
    assert changes_of_article(builder.catalog.connection, "baocantho:196001") == []
    released(builder, told("Có 15 hộ bị ngập ở chợ quê."), hours[2])
    (only,) = changes_of_article(builder.catalog.connection, "baocantho:196001")
    assert (only.kinds, only.removed, only.added, only.is_silent) == ((K.FIGURES, K.REWORDED), 2, 2, True)
    released(builder, told("Có 15 hộ bị ngập ở chợ nổi."), hours[1])
    first, second = changes_of_article(builder.catalog.connection, "baocantho:196001")
    assert (first.kinds, first.at) == ((K.FIGURES,), hours[1])
    assert (second.kinds, second.at, second.former_seq) == ((K.REWORDED,), hours[2], first.version_seq)


def test_versions_of_an_earlier_program_that_print_the_same_are_no_change(builder: CollectionBuilder) -> None:
    builder.publish(told("Một đoạn."))
    article = builder.publish(attrs.evolve(told("Một đoạn."), kicker="Đời sống"))
    (found,) = changes_of_article(builder.catalog.connection, article.id)
    assert (found.kinds, found.is_silent) == ((), False)


def test_what_goes_from_a_layout_of_before_an_edit_is_known_by_the_reading_in_it(builder: CollectionBuilder) -> None:
    hours = [BEGINNING + timedelta(hours=nth) for nth in range(3)]
    before, after = PageLayout(template="trước"), PageLayout(template="sau")
    signed = told("Có 12 hộ bị ngập ở chợ nổi.", byline="Lê An", authors=("Lê An",), layout=before)
    released(builder, signed, hours[0])
    released(builder, attrs.evolve(signed, layout=after), hours[1])
    assert changes_of_article(builder.catalog.connection, signed.id) == []
    released(builder, attrs.evolve(signed, layout=after, byline=None, authors=()), hours[2])
    (found,) = changes_of_article(builder.catalog.connection, signed.id)
    assert (found.kinds, found.at, found.is_silent) == ((K.BYLINE,), hours[2], True)


def test_pages_that_go_are_changes(builder: CollectionBuilder) -> None:
    article = builder.publish(told("Một đoạn."))
    gone = [
        StatusChange(article.id, status, BEGINNING + timedelta(days=nth), article.url, 404, None, None)
        for nth, status in enumerate((PageStatus.GONE, PageStatus.MOVED, PageStatus.WITHDRAWN, PageStatus.RESTORED), 1)
    ]
    enter_changes(builder.catalog.connection, gone)
    found = changes_of_article(builder.catalog.connection, article.id)
    assert [(one.kinds, one.is_silent, one.section) for one in found] == [
        ((K.GONE,), True, "Thời sự"), ((K.WITHDRAWN,), True, "Thời sự"), ((K.RESTORED,), False, "Thời sự"),
    ]  # fmt: skip


def many(builder: CollectionBuilder) -> Collection:
    """Articles of two newspapers, edited at different times in different ways."""
    for number in range(12):
        paper = "baocantho" if number % 3 else "baovinhlong"
        section = "Thời sự" if number % 2 else "Văn hóa"
        shared = {"newspaper": paper, "section": section, "url": f"https://{paper}.test/a{number}.html"}
        builder.publish(told(f"Có {number} hộ ở chợ nổi Cái Răng.", number, **shared))
        later = f"Có {number + 50} hộ ở chợ nổi Cái Răng." if number < 8 else f"Có {number} hộ ở làng An Bình."
        fields: dict[str, Any] = {"modified_at": builder.instant + timedelta(days=9)} if number % 4 == 0 else {}
        builder.publish(told(later, number, **shared, **fields))
        if number == 5:
            connection = builder.catalog.connection
            at = builder.instant + timedelta(seconds=1)
            url = str(shared["url"])
            enter_changes(connection, [StatusChange(f"{paper}:196005", PageStatus.WITHDRAWN, at, url, 410, None, None)])
    return builder.close()


@pytest.mark.parametrize(
    "filters",
    [
        ChangeFilters(),
        ChangeFilters(newspaper="baovinhlong"),
        ChangeFilters(section="Văn hóa"),
        ChangeFilters(kinds=(K.NAMES,)),
        ChangeFilters(kinds=(K.NAMES, K.REWORDED, K.WITHDRAWN)),
        ChangeFilters(is_silent=True),
        ChangeFilters(is_silent=True, newspaper="baocantho", kinds=(K.FIGURES,)),
        ChangeFilters(since=BEGINNING + timedelta(seconds=60), until=BEGINNING + timedelta(seconds=130)),
        ChangeFilters(least=3),
        ChangeFilters(article_id="baocantho:196005"),
    ],
)
def test_the_newest_come_first_and_pages_lose_none(builder: CollectionBuilder, filters: ChangeFilters) -> None:
    collection = many(builder)
    with collection.catalog() as catalog:
        everything = [one for number in range(12) for one in changes_of_article(catalog.connection, _id(number))]
        expected = sorted(
            (one for one in everything if _fits(one, filters)), key=lambda one: (one.at, one.id), reverse=True
        )
        assert 0 < len(expected) < 20
        found: list[changes.ArticleChange] = []
        before: Cursor | None = None
        while page := list_changes(catalog.connection, filters, 2, before):
            found += page
            before = cursor_of(page[-1])
        assert found == expected


def _id(number: int) -> str:
    return f"{'baocantho' if number % 3 else 'baovinhlong'}:{196000 + number}"


def _fits(one: changes.ArticleChange, asked: ChangeFilters) -> bool:
    return (
        asked.newspaper in (None, one.newspaper)
        and asked.section in (None, one.section)
        and (not asked.kinds or bool({*asked.kinds} & {*one.kinds}))
        and (one.is_silent or not asked.is_silent)
        and (asked.since is None or one.at >= asked.since)
        and (asked.until is None or one.at < asked.until)
        and one.removed + one.added >= asked.least
        and asked.article_id in (None, one.article_id)
    )


PLANNED = (
    ChangeFilters(), ChangeFilters(newspaper="a"), ChangeFilters(section="a"), ChangeFilters(kinds=(K.NAMES,)),
    ChangeFilters(is_silent=True), ChangeFilters(is_silent=True, newspaper="a"),
    ChangeFilters(kinds=(K.NAMES,), newspaper="a", since=BEGINNING), ChangeFilters(until=BEGINNING),
)  # fmt: skip


@pytest.mark.parametrize("filters", PLANNED)
def test_no_list_is_sorted_or_read_whole(builder: CollectionBuilder, filters: ChangeFilters) -> None:
    connection = builder.catalog.connection
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    list_changes(connection, filters, 20, ("2026-01-01", 1))
    connection.set_trace_callback(None)
    for statement in asked:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not [step for step in plan if "TEMP B-TREE" in step or step.startswith("SCAN c")], plan


@pytest.mark.parametrize("filters", PLANNED)
def test_changes_of_some_ids_are_looked_up_one_by_one(builder: CollectionBuilder, filters: ChangeFilters) -> None:
    connection = builder.catalog.connection
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    changes_among(connection, [1, 2], filters, ("2026-01-01", 1))
    connection.set_trace_callback(None)
    (statement,) = asked
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert [step for step in plan if " c " in step] == ["SEARCH c USING INTEGER PRIMARY KEY (rowid=?)"]


def test_what_is_withheld_is_no_change_for_readers(builder: CollectionBuilder) -> None:
    collection = many(builder)
    withhold(collection, "baocantho:196005", WithholdingReason.PRIVACY, "")
    with collection.for_readers.catalog() as catalog:
        for filters in (ChangeFilters(), ChangeFilters(is_silent=True), ChangeFilters(kinds=(K.WITHDRAWN,))):
            found = list_changes(catalog.connection, filters, 100)
            assert "baocantho:196005" not in {one.article_id for one in found}


def test_a_rebuild_enters_the_same(tmp_path: Path) -> None:
    collection = small_files(tmp_path / "collection", 4, 8)
    before = rows(collection)
    assert len(before) > 5
    rebuild(collection.root)
    assert rows(collection) == before


def test_a_migration_enters_the_same(builder: CollectionBuilder) -> None:
    collection = many(builder)
    before, number = rows(collection), schema.STEPS.index(changes.STEP)
    with closing(sqlite3.connect(collection.catalog_path, isolation_level=None)) as connection:
        take_back(connection, number)
    collection.catalog(writable=True).close()
    assert rows(collection) == before


def test_a_damaged_line_ends_nothing(builder: CollectionBuilder) -> None:
    article = builder.publish(told("Một đoạn."))
    builder.catalog.connection.execute("UPDATE versions SET line = x'00'")
    builder.publish(told("Hai đoạn."))
    assert changes_of_article(builder.catalog.connection, article.id) == []


def test_instants_are_in_utc(builder: CollectionBuilder) -> None:
    collection = many(builder)
    with collection.catalog() as catalog:
        assert all(one.at.tzinfo is UTC for one in list_changes(catalog.connection, ChangeFilters(), 5))


def test_what_readers_are_told(builder: CollectionBuilder) -> None:
    builder.publish(told("Có 12 hộ bị ngập ở chợ nổi.", title="Ngập ở chợ"))
    builder.publish(told("Có 15 hộ bị ngập ở chợ nổi.", title="Ngập nặng ở chợ"))
    with builder.close().catalog() as catalog:
        (found,) = titled(catalog.connection, list_changes(catalog.connection, ChangeFilters(), 5))
    values = found.values()
    assert (values["former_title"], values["title"]) == ("Ngập ở chợ", "Ngập nặng ở chợ")
    assert values["kinds"] == ["headline", "figures"] and values["silent"] is True
    assert "".join(piece.text for piece in found.excerpt if piece.change != "added") == "Ngập ở chợ"
