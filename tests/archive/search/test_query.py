"""Queries against plain reading of the same articles: what is found, in what order, and what is marked."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.collection_builder import CARD, CollectionBuilder, make_article
from support.crawling import baotinh

from archive.article import Article, Block, Image
from archive.collection import Collection
from archive.errors import BadQuery, BaotinhError, UnknownNewspaper
from archive.search import query as query_module
from archive.search.filters import Filters
from archive.search.indexing.index import follow
from archive.search.indexing.opened import searching
from archive.search.query import Results, search, search_in
from archive.search.selection import Selection
from archive.search.terms.passages import passages
from archive.search.terms.vietnamese import exact, folded, has_marks, words
from archive.search.timeline import read_timeline, timeline_in

WORDS = (
    *("báo", "bão", "bảo", "bao", "nhà", "nha", "nhã", "đường", "duong", "đồng", "dong", "hòa", "hoà", "hoa", "thúy"),
    *("thuý", "ủy", "uỷ", "ban", "quý", "quy", "giá", "gia", "lúa", "mùa", "nước", "nuoc", "sông", "Hậu", "Cần"),
    *("Thơ", "chợ", "nổi", "2026", "30", "covid"),
)
PEOPLE = ("Nguyễn Văn An", "Trần Thị Hòa", "Lê Thúy", "Le Thuy", "Phạm Quý")
SECTIONS = ("Thời sự", "Văn hóa", "Kinh tế", None)
COUNT = 400


def sentence(source: random.Random) -> str:
    return " ".join(source.choice(WORDS) for _ in range(source.randint(3, 14))).capitalize() + "."


def generated(number: int) -> Article:
    source = random.Random(number)
    return make_article(
        number,
        newspaper=source.choice(("baocantho", "baoangiang")),
        title=sentence(source),
        lead=source.choice((None, sentence(source))),
        body=tuple(Block(type="paragraph", text=sentence(source)) for _ in range(source.randint(0, 3))),
        images=(Image(url="https://x.vn/a.jpg", caption=sentence(source), credit="Lê Thúy"),) * source.randint(0, 1),
        authors=tuple(source.sample(PEOPLE, source.randint(0, 2))),
        section=source.choice(SECTIONS),
        tags=tuple(source.sample(("bão lũ", "chợ nổi"), source.randint(0, 1))),
        published_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=7 * number),
    )


class Articles(list[Article]):
    def __repr__(self) -> str:  # hypothesis writes down the arguments of each example
        return "Articles()"


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return Articles(generated(number) for number in range(COUNT))


@pytest.fixture(scope="module")
def collection(articles: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Collection:
    builder = CollectionBuilder(
        tmp_path_factory.mktemp("search") / "collection", {"baocantho": CARD, "baoangiang": {"title": "Báo An Giang"}}
    )
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    for article in articles:
        builder.release(attrs.evolve(article, capture=ref))
    follow(builder.collection)
    return builder.close()


@cache
def forms_of(text: str, form: Any) -> tuple[str, ...]:
    return tuple(form(word.text) for word in words(text))


def holds(texts: Sequence[str], wanted: Sequence[str], form: Any) -> bool:
    sequence = tuple(wanted)
    for text in texts:
        forms = forms_of(text, form)
        if any(forms[at : at + len(sequence)] == sequence for at in range(len(forms))):
            return True
    return False


def read(articles: list[Article], wanted: list[str], unwanted: list[str], form: Any) -> set[str]:
    found = set()
    for article in articles:
        texts = [passage.text for passage in passages(article)]
        asked = [forms_of(term, form) for term in wanted]
        barred = [forms_of(term, form) for term in unwanted]
        if all(holds(texts, term, form) for term in asked) and not any(holds(texts, term, form) for term in barred):
            found.add(article.id)
    return found


def ids(collection: Collection, query: str, **options: Any) -> list[str]:
    return [hit.id for hit in search(collection, Selection.of(query, **options), limit=COUNT).hits]


terms = st.lists(st.lists(st.sampled_from(list(WORDS)), min_size=1, max_size=2).map(" ".join), max_size=3)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(wanted=terms.filter(bool), unwanted=terms, order=st.sampled_from(["relevance", "newest"]))
def test_finds_what_plain_reading_finds(
    collection: Collection, articles: list[Article], wanted: list[str], unwanted: list[str], order: Any
) -> None:
    query = " ".join([*(f'"{term}"' for term in wanted), *(f'-"{term}"' for term in unwanted)])
    results = search(collection, query, limit=COUNT, order=order)
    found = [hit.id for hit in results.hits]
    assert len(found) == len(set(found)) == results.total
    strict, loose = read(articles, wanted, unwanted, exact), read_folded(articles, wanted, unwanted)
    assert (results.typed, results.folded) == (len(strict), len(loose))
    assert results.scope == ("typed" if any(map(has_marks, wanted)) else "folded")
    assert set(found) == (strict if results.scope == "typed" else loose)
    assert set(ids(collection, query, scope="typed")) == strict
    assert set(ids(collection, query, scope="folded")) == loose


def read_folded(articles: list[Article], wanted: list[str], unwanted: list[str]) -> set[str]:
    """What is found without marks; an exclusion typed with marks bars what has them."""
    bare = [term for term in unwanted if not has_marks(term)]
    barred = set().union(*(read(articles, [term], [], exact) for term in unwanted if has_marks(term)))
    return read(articles, wanted, bare, folded) - barred


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    section=st.sampled_from([None, "Thời sự", "thoi su", "thoi-su", "VĂN HOÁ", "van-hoa", "Kinh tế"]),
    author=st.sampled_from([None, "nguyen van an", "Trần Thị Hoà", "hoa", "Le Thuy", "Lê Thuý", "quý"]),
    newspaper=st.sampled_from([None, "baocantho", "baoangiang"]),
    since=st.none() | st.dates(date(2026, 1, 1), date(2026, 3, 1)),
    days=st.none() | st.integers(0, 30),
)
def test_filters(
    collection: Collection,
    articles: list[Article],
    section: str | None,
    author: str | None,
    newspaper: str | None,
    since: date | None,
    days: int | None,
) -> None:
    until = (since or date(2026, 2, 1)) + timedelta(days=days) if days is not None else None

    def kept(article: Article) -> bool:
        day = article.published_at.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()
        slugs = {"thoi-su": "Thời sự", "van-hoa": "Văn hóa"}
        name = slugs.get(section or "", section)
        return (
            (name is None or (article.section is not None and alike(article.section, name)))
            and (author is None or any(alike_within(one, author) for one in article.authors))
            and (newspaper is None or article.newspaper == newspaper)
            and (since is None or day >= since)
            and (until is None or day <= until)
        )

    filters = Filters(section=section, author=author, newspaper=newspaper, since=since, until=until)
    found = ids(collection, "", filters=filters)
    newest = sorted((a for a in articles if kept(a)), key=lambda a: a.published_at, reverse=True)
    assert found == [article.id for article in newest]


def alike(one: str, asked: str) -> bool:
    form = exact if has_marks(asked) else folded
    return form(one) == form(asked)


def alike_within(one: str, asked: str) -> bool:
    form = exact if has_marks(asked) else folded
    return holds([one], [form(word.text) for word in words(asked)], form)


@given(st.text(max_size=40) | st.text(alphabet='abà"-*:()[]^~\\/ +&|!?{}', max_size=30))
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_odd_queries_are_words_or_refused(collection: Collection, query: str) -> None:
    try:
        search(collection, query)
    except BadQuery as error:
        assert error.reason


def test_paging_is_without_gaps(collection: Collection) -> None:
    everything = ids(collection, "nhà báo")
    assert len(everything) > 20
    pages = [hit.id for at in range(0, COUNT, 7) for hit in search(collection, "nhà báo", limit=7, offset=at).hits]
    assert pages == everything
    beyond = search(collection, "nhà báo", offset=10**12)
    assert (beyond.total, beyond.hits) == (len(everything), ())
    assert search(collection, "nhà báo", limit=0).total == len(everything)


def test_marks_are_not_drowned(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    for number in range(50):
        builder.release(make_article(number, title="Nhà bão nhà bão nhà bão", capture=ref))
    journalist = make_article(
        99, title="Ngày hội", body=(Block(type="paragraph", text="Gặp các nhà báo lão thành."),), capture=ref,
        published_at=datetime(2020, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    builder.release(journalist)
    follow(builder.collection)
    for order in ("relevance", "newest"):
        results = search(builder.collection, "nhà báo", order=order)  # type: ignore[arg-type]
        assert [hit.id for hit in results.hits] == [journalist.id]
        assert (results.total, results.typed, results.folded) == (1, 1, 51)
    assert search(builder.collection, "nha bao").total == 51


def marked_and_bare(root: Path) -> Collection:
    """Three articles on journalists, two of them sports, and four on a storm: alike but for the marks."""
    builder = CollectionBuilder(root)
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    for number, section in enumerate(("Thể thao", "Thể thao", "Văn hóa")):
        builder.release(make_article(number, title="Gặp nhà báo trẻ", section=section, capture=ref))
    for number in range(10, 14):
        builder.release(make_article(number, title="Nhà bão trốc mái", section="Thời sự", capture=ref))
    follow(builder.collection)
    return builder.collection


def test_no_count_or_facet_mixes_the_scopes(tmp_path: Path) -> None:
    held = marked_and_bare(tmp_path / "c")
    results = search(held, "nhà báo", limit=1)
    assert (results.total, results.typed, results.folded) == (3, 3, 7)
    assert sections(results) == {"Thể thao": 2, "Văn hóa": 1} and results.facets.newspapers == {"baocantho": 3}
    for query, scope in (("nha bao", None), ("nhà báo", "folded")):
        bare = search(held, Selection.of(query, scope=scope))  # type: ignore[arg-type]
        assert bare.total == bare.folded == 7 and sum(sections(bare).values()) == 7
    nowhere = search(held, "nhá bào")
    assert (nowhere.total, nowhere.folded, nowhere.hits) == (0, 7, ()) and sections(nowhere) == {}
    assert search(held, Selection.of("nha bao", scope="typed")).total == 0


def sections(results: Results) -> dict[str, int]:
    return {one.name: one.count for one in results.facets.sections}


def test_the_command_says_both_numbers_and_lists_one_scope(tmp_path: Path) -> None:
    held = marked_and_bare(tmp_path / "c")
    said = baotinh("search", "nhà báo", "--collection", held.root).stdout
    assert said.startswith("3 articles, as typed\n7 without marks: --scope folded\n")
    assert said.count("Gặp nhà báo trẻ") == 3 and "bão" not in said
    few = baotinh("search", "nhà báo", "--limit", "2", "--collection", held.root).stdout
    assert few.startswith("3 articles, as typed; the first 2 shown\n")
    folded_ones = baotinh("search", "nhà báo", "--scope", "folded", "--collection", held.root).stdout
    assert folded_ones.startswith("7 articles, without marks\n3 as typed: --scope typed\n")
    none = baotinh("search", "nhá bào", "--collection", held.root).stdout
    assert none.startswith("No article, as typed\n7 without marks: --scope folded\n")
    assert baotinh("search", "nha bao", "--collection", held.root).stdout.startswith("7 articles, without marks\n")
    lines = baotinh("search", "nhà báo", "--json", "--collection", held.root).stdout.splitlines()
    assert [json.loads(line)["title"] for line in lines] == ["Gặp nhà báo trẻ"] * 3


def test_marking_shows_the_original_words(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    text = "Sáng nay, " + "chuyện khác " * 60 + "Đường về Đồng Tháp Mười mùa nước nổi, đường xa."
    builder.release(make_article(1, body=(Block(type="paragraph", text=text),), capture=ref))
    follow(builder.collection)
    hit = search(builder.collection, '"dong thap" duong').hits[0]
    assert [piece.text for piece in hit.snippet if piece.is_hit] == ["Đường", "Đồng Tháp", "đường"]
    assert "".join(piece.text for piece in hit.snippet).strip("… ") in text
    assert hit.snippet[0].text.startswith("…")
    assert "".join(piece.text for piece in hit.title_pieces) == hit.title


def test_phrases_stay_within_a_passage(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    body = (Block(type="paragraph", text="Mùa lúa"), Block(type="paragraph", text="chín vàng"))
    builder.release(make_article(1, body=body, capture=ref))
    follow(builder.collection)
    assert search(builder.collection, '"lúa chín"').total == 0
    assert search(builder.collection, "lúa chín").total == 1


def test_facets(collection: Collection, articles: list[Article]) -> None:
    results = search(collection, "")
    assert sum(results.facets.newspapers.values()) == COUNT
    assert sections(results)["Văn hóa"] == sum(article.section == "Văn hóa" for article in articles)


@pytest.mark.parametrize("words", ["", "chợ", '"chợ nổi"'])
def test_many_hits_have_the_facets_of_few(collection: Collection, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    narrowed = Filters(newspaper="baocantho")
    monkeypatch.setattr(query_module, "FEW", COUNT)
    few = search(collection, Selection.of(words, narrowed))
    monkeypatch.setattr(query_module, "FEW", 1)
    assert search(collection, Selection.of(words, narrowed), limit=1).facets == few.facets
    assert sum(few.facets.months.values()) == few.total > 1


@pytest.mark.parametrize("words", ["", "chợ", '"chợ nổi"'])
@pytest.mark.parametrize("grain", [None, "day", "month", "year"])
def test_a_timeline_is_the_same_of_months_that_were_counted(collection: Collection, words: str, grain: Any) -> None:
    timeline = read_timeline(collection, words, grain=grain)
    with searching(collection) as opened:
        found = search_in(opened, words)
        assert timeline_in(opened, words, grain=grain, months=found.facets.months) == timeline
    assert timeline.found == found.total == search(collection, words, limit=0).total


def test_everything_is_counted_anew_when_the_index_grew(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    for number in (1, 2):
        builder.release(make_article(number, title="Chợ nổi", capture=ref))
        follow(builder.collection)
        for _ in range(2):
            assert sum(search(builder.collection, "").facets.months.values()) == number
            assert sum(point.held for point in read_timeline(builder.collection, "chợ", grain="month").points) == number


def test_captions(collection: Collection, articles: list[Article]) -> None:
    expected = {a.id for a in articles if any(holds([i.caption or ""], ["lua"], folded) for i in a.images)}
    assert set(ids(collection, "lua", within="captions")) == expected


def test_refusals(collection: Collection) -> None:
    for query in ("???", "a" * 5000, " ".join(f"w{n}" for n in range(60))):
        with pytest.raises(BadQuery):
            search(collection, query)
    with pytest.raises(BadQuery, match="ends"):
        search(collection, Selection.of("", Filters(since=date(2026, 2, 1), until=date(2026, 1, 1))))
    with pytest.raises(UnknownNewspaper):
        search(collection, Selection.of("", Filters(newspaper="baonaocungkhong")))
    assert search(collection, Selection.of("", Filters(since=date.min, until=date.max))).total == COUNT


def test_damage_is_reported(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    builder.release(make_article(1, capture=builder.capture("https://baocantho.com.vn/", b"x")))
    follow(builder.collection)
    for path in builder.collection.index.glob("*/*.store"):
        path.write_bytes(b"")
    with pytest.raises(BaotinhError):
        search(builder.collection, "bài")
    follow(builder.collection)
    assert search(builder.collection, "bài").total == 1


@pytest.mark.parametrize("query", ["hoc bong", "học bổng"])
def test_syllables_side_by_side_come_first(tmp_path: Path, query: str) -> None:
    """Most Vietnamese words are two syllables: apart, they are other words, however often they stand there."""
    builder = CollectionBuilder(tmp_path / "c")
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    for number in range(20):
        body = (Block(type="paragraph", text="Bổng lộc là bông lúa; học trò học bài, học nghề, học chữ, học nữa."),)
        builder.release(make_article(number, title="Học và bổng, bông và học", body=body, capture=ref))
    body = (Block(type="paragraph", text="Sáng nay xã trao cho các em nhiều suất học bổng tiếp sức đến trường."),)
    together = make_article(99, title="Tiếp sức đến trường", body=body, capture=ref)
    builder.release(together)
    follow(builder.collection)
    assert search(builder.collection, query).hits[0].id == together.id
