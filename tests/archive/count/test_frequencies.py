"""Frequencies against plain counting: over an invented collection, and over the truth of the newsroom."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.collection_builder import CARD, CollectionBuilder, make_article
from support.crawling import Demonstration, baotinh

from archive.article import Article, Block, Image
from archive.collection import Collection
from archive.count import hits
from archive.count.frequencies import Frequency, count_terms
from archive.count.terms import Term
from archive.errors import BadQuery, UnknownNewspaper
from archive.search.filters import Filters
from archive.search.indexing.index import follow
from archive.search.query import search
from archive.search.selection import Selection
from archive.search.terms.vietnamese import exact, folded, words
from archive.search.timeline import Grain

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
WORDS = ("học bổng", "học", "bổng", "hoc", "bong", "bóng", "đá", "lúa", "gạo", "nhà", "báo", "bão", "xa")
COUNT = 150


def sentence(source: random.Random) -> str:
    return " ".join(source.choice(WORDS) for _ in range(source.randint(3, 12))) + "."


def generated(number: int) -> Article:
    source = random.Random(number)
    caption = f"Ảnh {number}: {sentence(source)}"
    return make_article(
        number,
        newspaper=source.choice(("baocantho", "baoangiang")),
        title=f"{sentence(source)} {number}",
        lead=f"Mở đầu {number}. {sentence(source)}",
        body=tuple(Block(type="paragraph", text=f"Đoạn {part}. {sentence(source)}") for part in range(3)),
        images=(Image(url="https://x.vn/a.jpg", caption=caption, credit="Học Bổng"),) * source.randint(0, 2),
        authors=("Nguyễn Văn Đá",),
        tags=("học bổng",),
        published_at=datetime(2025, 11, 1, 2, tzinfo=UTC) + timedelta(hours=15 * number),
    )


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return [generated(number) for number in range(COUNT)]


@pytest.fixture(scope="module")
def collection(articles: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Collection:
    builder = CollectionBuilder(
        tmp_path_factory.mktemp("count") / "collection", {"baocantho": CARD, "baoangiang": {"title": "Báo An Giang"}}
    )
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    for article in articles:
        builder.release(attrs.evolve(article, capture=ref))
    follow(builder.collection)
    return builder.close()


def texts(article: Article) -> Iterator[str]:
    """What is counted, each text once: title, lead, body and captions."""
    every = [article.kicker, article.title, article.lead, *(block.text for block in article.body)]
    every += [image.caption for image in article.images]
    yield from dict.fromkeys(text for text in every if text)


def plain(text: str, form: str) -> str:
    """The words of a text with single spaces around each: what a phrase is looked up in."""
    made = exact(text) if form == "typed" else folded(text)
    return "".join(f" {word.text} " for word in words(made))


def month(article: Article) -> date:
    return article.published_at.astimezone(VIETNAM).date().replace(day=1)


def by_hand(articles: Sequence[Article], phrase: str, form: str) -> dict[tuple[str, date], int]:
    sought = plain(phrase, form)
    counted: Counter[tuple[str, date]] = Counter()
    for article in articles:
        counted[article.newspaper, month(article)] += sum(plain(text, form).count(sought) for text in texts(article))
    return {key: count for key, count in counted.items() if count}


def counted(rows: Sequence[Frequency]) -> dict[tuple[str, date], int]:
    return {(row.newspaper or "", row.first): row.occurrences for row in rows if row.occurrences}


@pytest.mark.parametrize("form", ["typed", "folded"])
@pytest.mark.parametrize("query", ["học bổng", '"nhà báo"', "lúa", "hoc bong", "xa xa", '"học bổng lúa"'])
def test_occurrences_are_those_of_a_plain_count(
    collection: Collection, articles: list[Article], query: str, form: str
) -> None:
    rows = count_terms(collection, [query], scope=form, by_newspaper=True)  # type: ignore[arg-type]
    assert counted(rows) == by_hand(articles, query.strip('"'), form) != {}


@given(st.lists(st.sampled_from(("xa", "xã", "lúa", "Xa")), min_size=1, max_size=30), st.data())
def test_a_phrase_is_counted_as_text_is(text: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    phrase = text[start : start + data.draw(st.integers(1, 3))]
    for form in ("typed", "folded"):
        forms = plain(" ".join(text), form).split()
        sought = plain(" ".join(phrase), form)
        for query in (" ".join(phrase), f'"{" ".join(phrase)}"'):
            spans = Term.read(query, form).spans(forms, "body")  # type: ignore[arg-type]
            assert len(spans) == plain(" ".join(text), form).count(sought) > 0
            assert all(forms[start:end] == sought.split() for start, end in spans)


def test_a_term_is_compared_as_it_is_typed(collection: Collection, articles: list[Article]) -> None:
    rows = count_terms(collection, ["học bổng", "hoc bong"], by_newspaper=True)
    for term, form in (("học bổng", "typed"), ("hoc bong", "folded")):
        of_term = [row for row in rows if row.term == term]
        assert {row.scope for row in of_term} == {form}
        assert counted(of_term) == by_hand(articles, term, form)


@pytest.mark.parametrize("query", ["học bổng", "lúa -gạo", "title:lúa", "caption:lúa OR gạo", "author:văn gạo"])
@pytest.mark.parametrize("grain", ["day", "month", "year"])
def test_found_are_the_articles_of_a_search(collection: Collection, query: str, grain: Grain) -> None:
    rows = count_terms(collection, [query], grain=grain, by_newspaper=True)
    assert sum(row.found for row in rows) == search(collection, query).total > 0
    one = next(row for row in rows if row.found)
    within = Filters(newspaper=one.newspaper, since=one.first, until=one.first if grain == "day" else None)
    assert grain != "day" or search(collection, Selection.of(query, within)).total == one.found


def test_what_is_held_is_counted_by_hand_too(collection: Collection, articles: list[Article]) -> None:
    rows = count_terms(collection, [], by_newspaper=True)
    held: Counter[tuple[str, date]] = Counter((article.newspaper, month(article)) for article in articles)
    assert {(row.newspaper, row.first): row.articles for row in rows} == held
    syllables: Counter[tuple[str, date]] = Counter()
    pictures: Counter[tuple[str, date]] = Counter()
    for article in articles:
        syllables[article.newspaper, month(article)] += sum(len(list(words(text))) for text in texts(article))
        pictures[article.newspaper, month(article)] += len(article.images)
    assert {(row.newspaper, row.first): row.syllables for row in rows} == syllables
    assert {(row.newspaper, row.first): row.pictures for row in rows} == pictures
    assert all(row.term is None and row.pictures_per_article == row.pictures / row.articles for row in rows)


def test_newspapers_together_are_their_sum(collection: Collection) -> None:
    apart = count_terms(collection, ["lúa"], by_newspaper=True)
    together = count_terms(collection, ["lúa"], newspapers=("baoangiang", "baocantho"))
    for name in ("found", "occurrences", "articles", "syllables", "pictures"):
        assert sum(getattr(row, name) for row in apart) == sum(getattr(row, name) for row in together) > 0
    assert together == count_terms(collection, ["lúa"])
    row = together[0]
    assert row.per_million == row.occurrences * 1_000_000 / row.syllables
    assert row.per_article == row.occurrences / row.articles
    only = count_terms(collection, ["lúa"], newspapers=("baoangiang",))
    assert [(one.first, one.occurrences) for one in only] == [
        (one.first, one.occurrences) for one in apart if one.newspaper == "baoangiang"
    ]


def test_operators_count_each_of_their_words(collection: Collection) -> None:
    def total(query: str) -> int:
        return sum(row.occurrences for row in count_terms(collection, [query]))

    assert total("lúa OR gạo") == total("lúa") + total("gạo")
    assert total("lúa AND gạo") > total("lúa gạo") > 0
    assert total('"lúa gạo" OR gạo') == total("gạo"), "an occurrence within another one is none of its own"
    assert total("lúa*") == total("lúa")
    assert total('"lúa gạo"~3') > total('"lúa gạo"') + total('"gạo lúa"')
    assert 0 < total("title:lúa") < total("lúa")


def test_many_articles_are_read_in_spans_of_days(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = count_terms(collection, ["lúa", "học bổng"])
    monkeypatch.setattr(hits, "ADDRESSES", 7)
    assert count_terms(collection, ["lúa", "học bổng"]) == whole


def test_a_term_needs_a_word_of_the_text(collection: Collection) -> None:
    for query in ("", "author:An", "-lúa", '"'):
        with pytest.raises(BadQuery):
            count_terms(collection, [query])
    with pytest.raises(UnknownNewspaper):
        count_terms(collection, ["lúa"], newspapers=("baohanoi",))


def test_a_collection_without_articles_has_no_rows(tmp_path: Path) -> None:
    assert count_terms(Collection.create(tmp_path / "empty"), ["lúa"]) == ()


def test_the_demonstration_counts_what_the_newsroom_printed(demonstration: Demonstration) -> None:
    """Occurrences of a word by newspaper and month, by the command as CSV, and by hand in the newsroom's truth."""
    follow(demonstration.collection)
    # links to other articles are none of this article's words
    sought, printed = ("học bổng", "nông dân", "nhà báo"), demonstration.truth["articles"]
    held = search(demonstration.collection, "").total
    by_truth: Counter[tuple[str, str, str]] = Counter()
    for told in printed:
        every = [
            told["kicker"],
            told["title"],
            told["lead"],
            *(one["text"] for one in told["body"] if one["type"] != "related"),
        ]
        every += [image["caption"] for image in told["images"]]
        at = datetime.fromisoformat(told["published_at"]).astimezone(VIETNAM)
        for term in sought:
            count = sum(plain(text, "typed").count(plain(term, "typed")) for text in dict.fromkeys(filter(None, every)))
            by_truth[term, told["newspaper"], f"{at:%Y-%m}-01"] += count
    done = baotinh("stats", *sought, "--by-newspaper", "--csv", "--collection", demonstration.collection.root)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff"))))
    found = {(row["term"], row["newspaper"], row["first"]): int(row["occurrences"]) for row in rows}
    assert {key: count for key, count in found.items() if count} == {key: n for key, n in by_truth.items() if n}
    assert sum(by_truth.values()) > 20
    assert sum(int(row["articles"]) for row in rows if row["term"] == "học bổng") == held


def test_the_command_prints_a_table_and_json(collection: Collection) -> None:
    done = baotinh("stats", "lúa", "học bổng", "--by", "year", "--by-newspaper", "--collection", collection.root)
    assert done.returncode == 0, done.stderr
    assert "Per million" in done.stdout and "baoangiang" in done.stdout and "2026" in done.stdout
    done = baotinh(
        "stats", "lúa", "--newspaper", "baocantho", "--from", "2026", "--json", "--collection", collection.root
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["first"] for row in rows] == ["2026-01-01", "2026-02-01"]
    assert rows[0]["occurrences"] and rows[0]["per_million"] == rows[0]["occurrences"] * 1e6 / rows[0]["syllables"]
    done = baotinh("stats", "--collection", collection.root)
    assert done.returncode == 0 and "Pictures" in done.stdout
    done = baotinh("stats", "=lúa", "--csv", "--collection", collection.root)
    assert "'=lúa" in done.stdout and "\n=lúa" not in done.stdout
    done = baotinh("stats", "--by", "year", "collocations", "lúa", "--collection", collection.root)
    assert done.returncode == 2 and "options stand behind 'collocations'" in done.stderr
    done = baotinh("stats", '"collocations"', "--collection", collection.root)
    assert done.returncode == 0 and "0 occurrences" in done.stdout
    done = baotinh("stats", '"lúa', "--collection", collection.root)
    assert done.returncode != 0 and "quotation mark" in done.stderr
