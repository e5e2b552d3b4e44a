"""The query language: queries against plain reading, what is wrong with a query and where, days as people type them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.collection_builder import CARD, CollectionBuilder, make_article

from archive.article import Article, Block
from archive.collection import Collection
from archive.errors import BadQuery, DayFault, NoSuchDay, QueryFault, UnknownNewspaper
from archive.search.indexing.index import INDEX_VERSION, follow
from archive.search.parsing.days import read_days
from archive.search.parsing.parse import MOST_DEEP, parse
from archive.search.parsing.tokens import FIELD_NAMES, literal
from archive.search.parsing.tree import AllOf, AnyOf, Days, Not, Scope, Words
from archive.search.query import search
from archive.search.selection import Selection
from archive.search.terms.passages import passages
from archive.search.terms.vietnamese import exact, folded, has_marks, words

VOCABULARY = ("báo", "bão", "bao", "nhà", "nha", "lúa", "lua", "hòa", "hoà", "nước", "sông", "2026")
PEOPLE = ("Nguyễn Văn An", "Trần Hòa", "Le Thuy")
SOURCES = ("TTXVN", "Báo Hậu Giang", None)
COUNT = 150


def made(number: int) -> Article:
    def sentence(length: int, step: int) -> str:
        return " ".join(VOCABULARY[(number * step + nth * (number % 5 + 1)) % len(VOCABULARY)] for nth in range(length))

    return make_article(
        number,
        newspaper=("baocantho", "baoangiang")[number % 2],
        title=sentence(3, 7),
        lead=None,
        body=(Block(type="paragraph", text=sentence(6, 5)), Block(type="figure", text=sentence(2, 3))),
        images=(),
        authors=(PEOPLE[number % 3],),
        source=SOURCES[number % 3],
        section=("Thời sự", "Văn hóa")[number // 2 % 2],
        published_at=make_article(0).published_at + timedelta(days=number),
    )


class Articles(list[Article]):
    def __repr__(self) -> str:  # hypothesis writes down the arguments of each example
        return "Articles()"


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return Articles(made(number) for number in range(COUNT))


@pytest.fixture(scope="module")
def collection(articles: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Collection:
    builder = CollectionBuilder(
        tmp_path_factory.mktemp("parse") / "c", {"baocantho": CARD, "baoangiang": {"title": "Báo An Giang"}}
    )
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    for article in articles:
        builder.release(attrs.evolve(article, capture=ref))
    follow(builder.collection)
    return builder.close()


def query_text(node: Any) -> str:
    """A tree as it is typed."""
    if isinstance(node, AllOf):
        return "(" + " AND ".join(map(query_text, node.parts)) + ")"
    if isinstance(node, AnyOf):
        return "(" + " OR ".join(map(query_text, node.parts)) + ")"
    if isinstance(node, Not):
        return f"NOT {query_text(node.part)}"
    if isinstance(node, Days):
        return f"ngày:{node.first:%d/%m/%Y}..{node.last}"
    name = {
        "text": "", "title": "tiêu đề:", "captions": "chú thích:", "author": "tác giả:", "source": "source:",
        "newspaper": "báo:", "section": "chuyên mục:",
    }[node.field]  # fmt: skip
    if node.is_open:
        return f"{name}{node.typed}*"
    return f'{name}"{node.typed}"' + (f"~{node.slop}" if node.slop else "")


def some_words(field: Any, typed: str, **options: Any) -> Words:
    forms = [tuple(form(word.text) for word in words(typed)) for form in (exact, folded)]
    return Words(field, typed, forms[0], forms[1], **options)


text_words = st.builds(
    some_words,
    st.sampled_from(["text", "title", "captions"]),
    st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=2).map(" ".join),
)
near_words = st.builds(
    some_words,
    st.just("text"),
    st.lists(st.sampled_from(VOCABULARY), min_size=2, max_size=3, unique=True).map(" ".join),
    slop=st.integers(1, 3),
)
open_words = st.builds(
    some_words, st.just("text"), st.sampled_from(["ba", "nh", "hòa", "lú", "20"]), is_open=st.just(True)
)
names = st.sampled_from(
    [
        some_words("author", "văn an"), some_words("author", "hoa"), some_words("author", "Lê"),
        some_words("source", "ttxvn"), some_words("source", "hậu giang"),
        some_words("newspaper", "An Giang"), some_words("newspaper", "baocantho"),
        some_words("section", "văn hoá"), some_words("section", "thoi su"),
    ]
)  # fmt: skip
periods = st.builds(
    lambda first, length: Days(first, first + timedelta(days=length)),
    st.dates(date(2026, 9, 1), date(2027, 2, 1)),
    st.integers(0, 60),
)
leaves = text_words | near_words | open_words | names | periods
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, min_size=2, max_size=3, unique_by=query_text).map(lambda parts: AllOf(tuple(parts)))
        | st.lists(inner, min_size=2, max_size=3, unique_by=query_text).map(lambda parts: AnyOf(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=5,
)


def is_match(node: Any, article: Article, scope: Scope) -> bool:
    """Whether a plain reading of the article matches."""
    if isinstance(node, AllOf):
        return all(is_match(part, article, scope) for part in node.parts)
    if isinstance(node, AnyOf):
        return any(is_match(part, article, scope) for part in node.parts)
    if isinstance(node, Not):
        # words that are excluded with marks bar what has them
        is_marked = isinstance(node.part, Words) and has_marks(node.part.typed)
        return not is_match(node.part, article, "typed" if is_marked else scope)
    if isinstance(node, Days):
        day = article.published_at.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()
        assert node.first and node.last
        return node.first <= day <= node.last
    return holds(node, article, scope)


def holds(node: Words, article: Article, scope: Scope) -> bool:
    of_names = {
        "author": list(article.authors),
        "source": [article.source] if article.source else [],
        "newspaper": [article.newspaper, {"baocantho": "Báo Cần Thơ", "baoangiang": "Báo An Giang"}[article.newspaper]],
        "section": [article.section or ""],
    }
    kinds = {"title": {"title"}, "captions": {"caption", "credit"}}.get(node.field)
    texts = of_names.get(node.field) or [
        one.text for one in passages(article) if node.field == "text" or (kinds and one.kind in kinds)
    ]
    if node.field in of_names:
        texts = of_names[node.field]
        scope = "folded" if node.field == "newspaper" or not has_marks(node.typed) else "typed"
    form: Callable[[str], str] = exact if scope == "typed" else folded
    forms = [[form(word.text) for word in words(text)] for text in texts]
    if node.slop:
        return all(any(are_near(node, text, pair) for text in forms) for pair in itertools.pairwise(node.form(scope)))
    return any(stands(node, text, node.form(scope)) for text in forms)


def are_near(node: Words, text: list[str], pair: tuple[str, str]) -> bool:
    places = [[at for at, word in enumerate(text) if word == one] for one in pair]
    return any(1 <= abs(one - other) <= node.slop + 1 for one in places[0] for other in places[1])


def stands(node: Words, text: list[str], wanted: tuple[str, ...]) -> bool:
    if node.is_open:
        return any(word.startswith(wanted[-1]) for word in text)
    return any(tuple(text[at : at + len(wanted)]) == wanted for at in range(len(text)))


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(tree=trees, scope=st.sampled_from(["typed", "folded"]))
def test_a_query_finds_what_plain_reading_finds(
    collection: Collection, articles: list[Article], tree: Any, scope: Scope
) -> None:
    query = query_text(tree)
    found = search(collection, Selection.of(query, scope=scope), limit=COUNT)
    assert {hit.id for hit in found.hits} == {one.id for one in articles if is_match(tree, one, scope)}, query
    assert found.total == len(found.hits)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(tree=trees)
def test_words_that_are_marked_are_words_of_the_query(collection: Collection, tree: Any) -> None:
    for hit in search(collection, Selection.of(query_text(tree), scope="typed"), limit=5).hits:
        for piece in (*hit.title_pieces, *hit.snippet):
            for word in words(piece.text) if piece.is_hit else ():
                asked = [one for one in parse(query_text(tree)).wanted if one.field in ("text", "title", "captions")]
                assert any(
                    exact(word.text) in one.exact or (one.is_open and exact(word.text).startswith(one.exact[-1]))
                    for one in asked
                )


@pytest.mark.parametrize(
    ("query", "fault", "part"),
    [
        ('lúa "mùa vụ', QueryFault.QUOTE_OPEN, '"mùa vụ'),
        ("(lúa OR gạo", QueryFault.PARENTHESIS_OPEN, "("),
        ("lúa) gạo", QueryFault.PARENTHESIS_CLOSED, ")"),
        ("lúa ()", QueryFault.PARENTHESIS_EMPTY, ")"),
        ("lúa AND", QueryFault.NOTHING_BEHIND, "AND"),
        ("AND lúa", QueryFault.NOTHING_BEFORE, "AND"),
        ("lúa OR OR gạo", QueryFault.NOTHING_BEHIND, "OR"),
        ("lúa NOT", QueryFault.NOTHING_BEHIND, "NOT"),
        ("tac gia:", QueryFault.NOTHING_BEHIND, "tac gia:"),
        ("tacgia:An", QueryFault.UNKNOWN_FIELD, "tacgia"),
        ("tiêu đề:(lúa báo:cantho)", QueryFault.FIELD_IN_FIELD, "báo:"),
        ("n*g", QueryFault.WILDCARD_PLACE, ""),
        ("*ng", QueryFault.WILDCARD_PLACE, ""),
        ('"lúa* gạo"', QueryFault.WILDCARD_PLACE, "lúa* gạo"),
        ("n*", QueryFault.WILDCARD_SHORT, ""),
        ('"lúa gạo"~', QueryFault.PROXIMITY, ""),
        ('"lúa gạo"~500', QueryFault.PROXIMITY, ""),
        ("lúa ngày:31/02/2026", QueryFault.BAD_DAY, "31/02/2026"),
        ("lúa ngày:(01/2026 OR 02/2026)", QueryFault.BAD_DAY, "("),
        ('lúa ngày:"hôm qua"', QueryFault.BAD_DAY, "hôm qua"),
        ('lúa ngày:"31/01/2026', QueryFault.QUOTE_OPEN, '"31/01/2026'),
        ("lúa ngày:30 tháng 2 năm 2026", QueryFault.BAD_DAY, "30 tháng 2 năm 2026"),
        ("lúa ngày:03/2026..01/2026", QueryFault.PERIOD_REVERSED, "03/2026..01/2026"),
        ("???", QueryFault.NO_WORD, ""),
        ("a" * 1001, QueryFault.TOO_LONG, ""),
        ("- " + "lúa " * 51, QueryFault.TOO_MANY_WORDS, ""),
        ("(" * (MOST_DEEP + 1) + "lúa", QueryFault.TOO_DEEP, "("),
        ("-" * 999 + "a", QueryFault.TOO_DEEP, "-"),
    ],
)
def test_a_malformed_query_says_what_is_wrong_and_where(query: str, fault: QueryFault, part: str) -> None:
    with pytest.raises(BadQuery) as caught:
        parse(query)
    error = caught.value
    assert error.fault is fault and (not part or error.part == part)
    assert "\n" not in str(error) and "{" not in str(error)
    if fault not in (QueryFault.NO_WORD, QueryFault.TOO_LONG, QueryFault.TOO_MANY_WORDS):
        assert error.literal
        parse(error.literal)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet='abà"-*:()~ANDORT..0 19/báo:', max_size=40))
def test_any_text_is_read_or_refused_and_its_words_can_be_searched(query: str) -> None:
    try:
        parse(query)
    except BadQuery as error:
        assert query[:5] == error.query[:5] or error.query
    plain = literal(query)
    if plain is not None:
        tree = parse(plain).tree
        assert tree is not None and {len(one.exact) for one in parse(plain).wanted} == {1}


@pytest.mark.parametrize("name", FIELD_NAMES)
def test_every_field_has_its_names_in_both_languages_with_marks_and_without(name: str) -> None:
    value = "2026" if any(word in name for word in ("date", "day", "ngày", "from", "to", "until")) else "an"
    value = "names" if name in ("changed", "sửa", "thay đổi") else value
    with_marks = parse(f"{name}:{value}").tree
    assert with_marks == parse(f"{folded(name)}: {value}").tree == parse(f"{name.upper()}:{value}").tree
    assert isinstance(with_marks, (Words, Days))


def test_what_only_looks_like_syntax_is_plain_text() -> None:
    for query in ("http://baocantho.com.vn/tin", "12:30", "5 * 3", "C++ & C#", "Cần Thơ: mưa lớn", "a-b", "and or not"):
        assert all(isinstance(one, Words) and one.field == "text" and not one.is_open for one in parse(query).wanted)


def test_an_unknown_newspaper_is_named(collection: Collection) -> None:
    with pytest.raises(UnknownNewspaper, match="mars"):
        search(collection, "báo:mars")


@given(st.dates(date(1700, 1, 1), date(2259, 12, 31)))
def test_days_months_and_years_as_people_type_them(day: date) -> None:
    for form in ("%d/%m/{0:04}", "%d-%m-{0:04}", "%d.%m.{0:04}", "{0:04}-%m-%d"):
        assert read_days(day.strftime(form.format(day.year))) == (day, day)
    assert read_days(f"{day.day}/{day.month}/{day.year}") == (day, day)
    first, last = read_days(f"{day.month:02}/{day.year}")
    assert first == day.replace(day=1) and (last + timedelta(days=1)).day == 1 and last.month == day.month
    assert read_days(str(day.year)) == (date(day.year, 1, 1), date(day.year, 12, 31))
    for form in ("{0} tháng {1} năm {2}", "Ngày {0} tháng {1} năm {2}", "ngay {0} thang {1:02}/{2}"):
        assert read_days(form.format(day.day, day.month, day.year)) == (day, day)
    assert read_days(f"tháng {day.month} năm {day.year}") == read_days(f"Tháng {day.month}/{day.year}") == (first, last)
    assert read_days(f"năm {day.year}") == read_days(str(day.year))


def test_days_in_words_and_in_quotation_marks_are_read_in_a_query() -> None:
    lua = Words("text", "lúa", ("lúa",), ("lua",))
    day = Days(date(2026, 2, 1), date(2026, 2, 1))
    for typed in ("ngày: 1 tháng 2 năm 2026", "ngày:1 tháng 2/2026", 'date:"01/02/2026"', "ngày:“1 tháng 2 năm 2026”"):
        assert parse(f"{typed} lúa").tree == AllOf((day, lua)) == parse(f"({typed}) lúa").tree
    period = Days(date(2026, 1, 1), date(2026, 3, 31))
    assert parse('ngày:"01/2026..03/2026" lúa').tree == AllOf((period, lua))
    assert parse("từ ngày: tháng 2 năm 2026 lúa").tree == AllOf((Days(date(2026, 2, 1), None), lua))


@pytest.mark.parametrize(
    ("typed", "fault", "said"),
    [
        ("31/02/2026", DayFault.NO_SUCH_DAY, "28 days"),
        ("29/02/2024x", DayFault.NO_FORM, "31/01/2026"),
        ("1/13/2026", DayFault.NO_SUCH_MONTH, "month 13"),
        ("0/1/2026", DayFault.NO_SUCH_DAY, "31 days"),
        ("1/1/26", DayFault.NO_FORM, "31/01/2026"),
        ("1/1/9999", DayFault.NO_SUCH_YEAR, "2259"),
        ("hôm qua", DayFault.NO_FORM, "31/01/2026"),
        ("١/١/٢٠٢٦", DayFault.NO_FORM, "31/01/2026"),
    ],
)
def test_what_is_no_day_is_told(typed: str, fault: DayFault, said: str) -> None:
    with pytest.raises(NoSuchDay, match=said) as caught:
        read_days(typed)
    assert caught.value.fault is fault


def test_an_index_of_another_version_is_built_anew(collection: Collection, tmp_path: Path) -> None:
    position = collection.index / "position.json"
    position.write_text(position.read_text("utf-8").replace(f'"version": {INDEX_VERSION}', '"version": 1'), "utf-8")
    assert follow(collection) == COUNT
