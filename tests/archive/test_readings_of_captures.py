"""Captures on which the same is printed in another form are readings, in every way that a catalog is made."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from starlette.testclient import TestClient
from support.crawling import baotinh
from support.sessions import NOON, exchange, nothing, session, write

from archive.article import Article, Block, Image, PageLayout, from_json, to_json
from archive.catalog import Catalog
from archive.catalog.readings import all_readings, enter_reading
from archive.changes.printed_text import words_of
from archive.checking.collection import verify
from archive.collection import Collection
from archive.ingest.captured_texts import CapturedTexts
from archive.ingest.release import Decision
from archive.ingest.repeats import repeat_of
from archive.merge import merge
from archive.projections.json_lines import RunLines
from archive.rebuild.whole import rebuild
from archive.web.app import site_app

URL = "http://baocantho.test/a-a1.html"
OLD, NEW = PageLayout(template="cu", rules="r1"), PageLayout(template="moi")
BODY = (
    Block(type="paragraph", text="Chợ nổi họp từ bốn giờ sáng, khi mặt sông còn mù sương."),
    Block(type="paragraph", text="Mỗi ghe treo một cây bẹo trên ngọn cột."),
)
POORER: dict[str, Any] = {"kicker": None, "byline": None, "lead": None, "layout": NEW, "published_precision": "day"}
EDITED: dict[str, Any] = {"body": (*BODY, Block(type="paragraph", text="Chợ nghỉ một ngày để dọn lục bình."))}


def made(minutes: int, **other: Any) -> Article:
    values: dict[str, Any] = {
        "newspaper": "baocantho", "article_id": "1", "url": URL, "kicker": "Phóng sự", "title": "Chợ nổi mùa nước",
        "lead": BODY[0].text, "body": BODY, "byline": "TRẦN QUÝ", "layout": OLD, "published_at": NOON,
        "captured_at": NOON + timedelta(minutes=minutes),
    }  # fmt: skip
    return Article(**values | other)


def crawled(root: Path, *looks: Article, hours: int = 0) -> tuple[Collection, list[tuple[Decision, str | None]]]:
    """A run of these looks; what was decided of each."""
    writing = session(root, clock=lambda: NOON + timedelta(hours=hours))
    decided = []
    for look in looks:
        sent = exchange(look.url, to_json(look).encode(), began_at=look.captured_at)
        released = writing.release(attrs.evolve(look, capture=write(writing, sent))).result(60)
        decided.append((released.decision, released.cause))
    writing.close("finished", nothing)
    RunLines(writing.collection, writing.run_id, writing.run_name).finish()
    return writing.collection, decided


LOOKS = (
    made(0), made(10, **POORER), made(20, **POORER), made(30, **POORER | EDITED), made(40, **EDITED),
    made(50, kicker="Ghi chép", **EDITED), made(60),
)  # fmt: skip
DECIDED = [
    (Decision.NEW, None), (Decision.DUPLICATE, "layout"), (Decision.DUPLICATE, None), (Decision.CHANGED, None),
    (Decision.DUPLICATE, "layout"), (Decision.DUPLICATE, "beside"), (Decision.CHANGED, None),
]  # fmt: skip
TABLES = {
    "versions": """SELECT article_id, content_hash, record_id, captured_at, unpacked_line(line) FROM versions
        ORDER BY seq""",
    "readings": """SELECT r.article_id, r.content_hash, v.record_id, r.record_id, r.cause, r.read_at, r.extractor,
        r.rules, unpacked_line(r.line) FROM readings r JOIN versions v ON v.seq = r.version_seq ORDER BY r.id""",
    "articles": "SELECT id, newspaper, first_captured_at, last_captured_at, section, published_at FROM articles",
    "addresses": "SELECT url, article_id, content_hash, changes, fetched_at FROM addresses ORDER BY url",
}  # fmt: skip


def state(collection: Collection, *tables: str) -> dict[str, list[Any]]:
    with collection.catalog() as catalog:
        return {name: catalog.connection.execute(TABLES[name]).fetchall() for name in tables or TABLES}


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    held, decided = crawled(tmp_path / "held", *LOOKS)
    assert decided == DECIDED
    return held


def versions(catalog: Catalog) -> list[list[tuple[str | None, bool]]]:
    """Of each version the cause of each reading, and whether it is of another capture."""
    return [
        [(one.cause, one.record_id is not None) for one in all_readings(catalog.connection, version)]
        for version in catalog.versions("baocantho:1")
    ]


def test_a_poorer_layout_makes_readings_and_an_edit_in_it_a_version(collection: Collection) -> None:
    with collection.catalog() as catalog:
        assert versions(catalog) == [
            [(None, False), ("layout", True)],
            [(None, False), ("layout", True), ("beside", True)],
            [(None, False)],
        ]
        assert catalog.article("baocantho:1").article().byline == "TRẦN QUÝ"
    assert verify(collection).findings == []


def test_a_rebuild_gives_the_same_catalog(collection: Collection) -> None:
    before = state(collection)
    lines = {path.name: path.read_bytes() for path in collection.jsonl.glob("*.jsonl")}
    rebuilt = rebuild(collection.root)
    assert (rebuilt.versions, rebuilt.readings, rebuilt.left_out) == (3, 3, [])
    assert state(collection, "versions", "readings", "articles") == {
        k: v for k, v in before.items() if k != "addresses"
    }
    assert lines == {path.name: path.read_bytes() for path in collection.jsonl.glob("*.jsonl")}
    assert verify(collection).findings == []


def test_what_two_collections_captured_is_decided_as_one_crawl_would(tmp_path: Path, collection: Collection) -> None:
    ones = [crawled(tmp_path / "one", LOOKS[0])[0], crawled(tmp_path / "two", LOOKS[1], hours=1)[0]]
    ones.append(crawled(tmp_path / "three", *LOOKS[2:], hours=2)[0])
    assert merge(tmp_path / "both", ones).rebuilt.left_out == []
    both = Collection.open(tmp_path / "both")
    with both.catalog() as catalog, collection.catalog() as single:
        assert len(catalog.versions("baocantho:1")) == 3
        shown = [[one.own_hash() for one in map(_article, c.versions("baocantho:1"))] for c in (catalog, single)]
        assert shown[0] == shown[1]
    assert verify(both).findings == []
    rebuild(both.root)
    with both.catalog() as catalog:
        assert len(catalog.versions("baocantho:1")) == 3


def read_by_other_rules(collection: Collection, kicker: str) -> None:
    """A run that reads the latest version of the article again, and finds another kicker."""
    writing = session(collection.root, clock=lambda: NOON + timedelta(hours=9))
    with collection.catalog() as catalog:
        version = catalog.article("baocantho:1")
    said = attrs.evolve(version.article(), kicker=kicker)
    again = said.read_again(version.content_hash, NOON + timedelta(hours=9), "baotinh/0", "r2")
    with collection.catalog(writable=True) as catalog:
        assert enter_reading(catalog.connection, writing.run_id, again) is not None
    writing.close("finished", nothing)
    RunLines(writing.collection, writing.run_id, writing.run_name).finish()


@pytest.mark.parametrize(("second", "causes"), [(made(10), ["rules"]), (made(10, **POORER), ["layout", "rules"])])
def test_a_reading_of_a_version_that_another_collection_has_is_kept(
    tmp_path: Path, second: Article, causes: list[str]
) -> None:
    one, other = (crawled(tmp_path / f"{nth}", made, hours=nth)[0] for nth, made in enumerate((LOOKS[0], second)))
    read_by_other_rules(other, "Ký sự")
    merged = merge(tmp_path / "both", [one, other])
    assert merged.rebuilt.left_out == [] and merged.rebuilt.versions == 1
    both = Collection.open(tmp_path / "both")
    with both.catalog() as catalog:
        (version,) = catalog.versions("baocantho:1")
        readings = all_readings(catalog.connection, version)
        assert [(one.cause, one.record_id is not None) for one in readings[1:]] == [(cause, True) for cause in causes]
        assert from_json(readings[-1].raw).kicker == "Ký sự" and version.article().kicker == "Phóng sự"
    before = state(both, "versions", "readings", "articles")
    assert verify(both).findings == []
    assert rebuild(both.root).left_out == [] and state(both, "versions", "readings", "articles") == before
    assert merge(both.root, [one, other]).rebuilt.left_out == []
    assert state(both, "versions", "readings", "articles") == before


def _article(version: Any) -> Article:
    return from_json(version.raw)


def test_a_swapped_picture_makes_a_version_and_a_resized_one_a_reading(tmp_path: Path) -> None:
    def shows(minutes: int, url: str, layout: PageLayout = OLD) -> Article:
        return made(minutes, images=(Image(url=url, caption="Ghe hàng."),), layout=layout)

    held, decided = crawled(
        tmp_path / "held", shows(0, "http://baocantho.test/anh/ghe-hang-1.jpg"),
        shows(10, "http://cdn.test/600x400/anh/ghe-hang-1.jpg"), shows(20, "http://baocantho.test/anh/cho-noi-2.jpg"),
    )  # fmt: skip
    assert [decision for decision, _ in decided] == [Decision.NEW, Decision.DUPLICATE, Decision.CHANGED]
    assert len({version.content_hash for version in held.catalog().versions("baocantho:1")}) == 2


def test_articles_of_before_go_on_as_they_are(tmp_path: Path) -> None:
    """Lines without a layout: the same text is a duplicate, and no reading."""
    _, decided = crawled(tmp_path / "held", made(0, layout=None), made(10), made(20, **EDITED))
    assert decided == [(Decision.NEW, None), (Decision.DUPLICATE, None), (Decision.CHANGED, None)]


def test_another_address_that_says_otherwise_does_not_swing(tmp_path: Path) -> None:
    """A page for telephones that lags behind the page: each look at either is no change."""
    mobile = {"url": "http://m.baocantho.test/a-a1.html", "byline": None, "layout": NEW}
    looks = [made(0), made(5, **mobile), made(10, **EDITED), made(15, **mobile), made(20, **EDITED), made(25, **mobile)]
    held, decided = crawled(tmp_path / "held", *looks)
    assert [decision for decision, _ in decided].count(Decision.CHANGED) == 1 and decided[1][1] == "address"
    assert len(held.catalog().versions("baocantho:1")) == 2


def test_readers_see_the_version_and_may_see_its_readings(collection: Collection) -> None:
    with TestClient(site_app(collection, "http://127.0.0.1:1")) as client:
        answer = client.get("/api/v1/articles/baocantho:1").json()
        first = answer["versions"][0]["version"]
        answer = client.get("/api/v1/articles/baocantho:1", params={"version": first}).json()
        assert answer["reading"] == 1 and [one["cause"] for one in answer["readings"]] == [None, "layout"]
        assert answer["readings"][1]["record_id"] and answer["article"]["byline"] == "TRẦN QUÝ"
        assert [one["url"] for one in answer["addresses"]] == [URL]
        for language, word in (("en", "another layout of the page"), ("vi", "trang có bố cục khác")):
            page = client.get("/article/baocantho:1", params={"version": first, "reading": 2, "lang": language})
            assert page.status_code == 200 and word in page.text
    done = baotinh("show", "baocantho:1", "--readings", "--collection", collection.root)
    assert "cause: layout" in done.stdout and "of another capture" in done.stdout


def test_a_reading_of_a_withheld_capture_is_withheld(tmp_path: Path) -> None:
    mobile = {"url": "http://m.khac.test/a-a1.html", "byline": None, "layout": NEW}
    held, _ = crawled(tmp_path / "held", made(0), made(5, **mobile))
    done = baotinh("hide", "m.khac.test", "--reason", "other", "--collection", held.root)
    assert done.returncode == 0, done.stdout + done.stderr
    with held.for_readers.catalog() as catalog:
        version = catalog.article("baocantho:1")
        assert len(all_readings(catalog.connection, version)) == 1


def test_a_changed_article_is_decided_in_some_milliseconds(collection: Collection) -> None:
    """No limit is asserted: the figure is printed for who looks."""
    text = tuple(Block(type="paragraph", text=f"{number} {BODY[0].text} {BODY[1].text}" * 3) for number in range(40))
    with collection.catalog(writable=True) as catalog:
        began = time.perf_counter()
        for number in range(20):
            repeat_of(catalog.connection, made(100 + number, body=text), collection)
        print(f"{(time.perf_counter() - began) / 20 * 1000:.2f} ms a decision")
    lines = next(collection.jsonl.glob("*.jsonl")).read_text("utf-8").splitlines()
    assert [json.loads(line).get("reading") is not None for line in lines] == [False] * 3 + [True] * 3


def page(*paragraphs: str) -> bytes:
    text = "".join(f"<p>{one}</p>" for one in paragraphs)
    head = "<head><title>x</title><script>var x = 'Chợ nghỉ một ngày để dọn lục bình.'</script></head>"
    return f"<html>{head}<body><div class='b'>{text}</div></body></html>".encode()


LILIES = "Chợ nghỉ một ngày để dọn lục bình."


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_paragraph_that_other_rules_found_is_an_addition_where_the_page_had_none(
    tmp_path: Path, *, is_shown: bool
) -> None:
    """What only one reading has is looked for on the page of the other."""
    before = made(0, text_encoding="utf-8")
    after = made(10, **EDITED, text_encoding="utf-8") if is_shown else made(10, **EDITED)
    after = attrs.evolve(after, layout=attrs.evolve(OLD, rules="r2"))
    texts = [block.text for block in BODY]
    writing = session(tmp_path)
    decided = []
    shown = [*texts, f"<b>Chợ nghỉ</b> {LILIES[9:]}"] if is_shown else texts
    for look, lines in ((before, shown), (after, [*texts, LILIES])):
        capture = write(writing, exchange(URL, page(*lines), began_at=look.captured_at))
        released = writing.release(attrs.evolve(look, capture=capture)).result(60)
        decided.append((released.decision, released.cause))
    writing.close("finished", nothing)
    assert decided[1] == ((Decision.DUPLICATE, "rules") if is_shown else (Decision.CHANGED, None))
    assert verify(writing.collection).findings == []


@pytest.mark.parametrize("unended", ["<head ", "<!-- ", "<script></head ", "</script " + 40 * " "])
def test_a_page_of_tags_without_ends_is_searched_soon(tmp_path: Path, unended: str) -> None:
    """Each of some hundred thousand tags has no end, and none is looked for twice."""
    writing = session(tmp_path)
    look = made(0, text_encoding="utf-8")
    body = (
        f"<!-- thôi --><p>{BODY[1].text}<script>var a = 'cọc'</script ><p>{LILIES}".encode()
        + 300_000 * unended.encode()
    )
    look = attrs.evolve(look, capture=write(writing, exchange(URL, body[: 4 << 20], began_at=look.captured_at)))
    writing.release(look).result(60)
    writing.close("finished", nothing)
    with writing.collection.catalog() as catalog:
        texts = CapturedTexts(writing.collection, catalog.connection)
        assert [texts.has(look, words_of(said)) for said in (LILIES, BODY[1].text)] == [True, True]
        assert [texts.has(look, words_of(said)) for said in ("thôi", "cọc")] == [False, False]
        assert texts.has(made(0), ("chợ",)) is None


@pytest.mark.parametrize("octets", [b"", b"\x1f\x8b\x08 no member", None])
def test_a_damaged_or_moved_file_is_no_evidence(tmp_path: Path, octets: bytes | None) -> None:
    writing = session(tmp_path)
    look = made(0, text_encoding="utf-8")
    look = attrs.evolve(look, capture=write(writing, exchange(URL, page(LILIES), began_at=look.captured_at)))
    writing.release(look).result(60)
    writing.close("finished", nothing)
    (file,) = writing.collection.warc.glob("*.warc.gz")
    if octets is None:
        file.unlink()
    else:
        file.write_bytes(octets)
    with writing.collection.catalog() as catalog:
        assert CapturedTexts(writing.collection, catalog.connection).has(look, words_of(LILIES)) is None


def test_an_edit_that_a_poor_layout_hid_is_told_once_the_version_is_read_by_the_same_rules(tmp_path: Path) -> None:
    """A reading of another capture is no version's text where today's rules read that otherwise."""
    better = PageLayout(template="cu", rules="r2")
    first = made(0, byline=None, lead=None)
    held, decided = crawled(tmp_path / "held", first, made(10, byline="LÝ HẢI", layout=better))
    assert decided[1] == (Decision.DUPLICATE, "rules")
    with held.catalog(writable=True) as catalog, catalog.transaction() as connection:
        version = catalog.article("baocantho:1")
        again = attrs.evolve(made(0, layout=better), capture=version.article().capture)
        read = again.read_again(version.content_hash, NOON + timedelta(hours=1), "baotinh/1", None)
        assert enter_reading(connection, version.run_id, read) is not None
    _, decided = crawled(held.root, made(120, byline="LÝ HẢI", layout=better), hours=2)
    assert decided == [(Decision.CHANGED, None)]
