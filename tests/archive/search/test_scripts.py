"""Text in scripts without spaces between words is found by any part of it, marked and counted right."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.collection_builder import CollectionBuilder, make_article

from archive.article import Block
from archive.collection import Collection
from archive.count.terms import Term, joined_prose
from archive.errors import BadQuery
from archive.search import query
from archive.search.indexing import index
from archive.search.similar import similar
from archive.search.terms.scripts import cluster_form
from archive.search.terms.vietnamese import both_forms, composed, has_marks, joined_forms, words

KHMER = "សាលារៀនថ្មីមួយបានបើកនៅមាត់ទន្លេ ហើយសិស្សអាចជិះទូកទៅរៀន។"
CHINESE = "河边的新学校今年三月开学，孩子们坐船上学。校长说2026年还要修一座桥。"
THAI = "โรงเรียนใหม่ริมแม่น้ำเปิดแล้ว เด็กๆ นั่งเรือไปเรียน"
LAO = "ໂຮງຮຽນໃໝ່ແຄມນ້ຳເປີດແລ້ວ"


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    builder = CollectionBuilder(tmp_path_factory.mktemp("unspaced"))
    texts = {1: KHMER, 2: CHINESE, 3: THAI, 4: LAO, 5: "Trường học mới bên sông mở cửa năm 2026."}
    for number, text in texts.items():
        builder.release(
            make_article(number, title=f"Bài {number}", lead=None, body=(Block(type="paragraph", text=text),),
                         capture=builder.capture(f"https://baocantho.com.vn/{number}", b"x"))
        )  # fmt: skip
    index.follow(builder.collection)
    return builder.collection


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("សាលារៀន", 1), ("រៀនថ្មី", 1), ("ទន្លេ", 1), ("ជិះទូក ទន្លេ", 1), ('"មាត់ទន្លេ"', 1),
        ("学校", 2), ("新学", 2), ("校今年三", 2), ('"孩子们坐船"', 2), ("船 AND 校长", 2),
        ("「新学校」", 2), ("学校*", 2),
        ("学，孩", 2), ("坐船上学。校长说", 2),
        ("โรงเรียน", 3), ("แม่น้ำ", 3), ("เรือ", 3), ("ໂຮງຮຽນ", 4), ("ແຄມນ້ຳ", 4),
    ],
)  # fmt: skip
def test_any_part_is_found_and_marked(collection: Collection, typed: str, number: int) -> None:
    found = query.search(collection, typed)
    assert [hit.id for hit in found.hits] == [f"baocantho:{196000 + number}"]
    assert found.typed == found.folded == 1
    marked = {piece.text for piece in found.hits[0].snippet if piece.is_hit}
    assert marked == set(typed.replace("AND", " ").translate(dict.fromkeys(map(ord, '"*「」'))).split())
    assert "".join(piece.text for piece in found.hits[0].snippet).strip(" …") in {KHMER, CHINESE, THAI, LAO}


@pytest.mark.parametrize("typed", ["校学", "学今", "学校长", '"孩子坐船"', "រៀនសាលា", "ទូកជិះ", "เรียนโรง", "学校 NOT 船"])
def test_what_does_not_stand_side_by_side_is_not_found(collection: Collection, typed: str) -> None:
    assert query.search(collection, typed).total == 0


def test_punctuation_that_is_typed_is_as_good_as_any(collection: Collection) -> None:
    assert query.search(collection, "学校，").total == query.search(collection, "开学、孩子").total == 1


def test_digits_of_all_scripts_are_one(collection: Collection) -> None:
    assert {hit.id[-1] for hit in query.search(collection, "២០២៦").hits} == {"2", "5"}
    assert both_forms("២០២៦ ๒๐๒๖ ໒໐໒໖ ２０２６ m²") == (["2026"] * 4 + ["m²"], ["2026"] * 4 + ["m²"])


def test_occurrences_are_counted_without_overlap() -> None:
    values = {"title": "学校", "body": [{"type": "paragraph", "text": "学校学校和学 校。中学校"}]}
    term = Term.read("学校")
    assert sum(term.count(exact, kind) for kind, exact, _ in joined_prose(values)) == 5
    assert Term.read("学学").count(joined_forms("学学学")[0], "body") == 1


def test_spellings_that_look_the_same_are_one() -> None:
    same = {cluster_form(word) for word in ("ស្ដី", "ស្តី")}
    assert len(same) == 1 and cluster_form("ស្ត្រី") == cluster_form("ស្រ្តី")
    assert cluster_form("កោ") == cluster_form("ក\u17c1\u17b6") == "កោ"
    assert not has_marks(KHMER) and not has_marks(THAI)
    assert both_forms(composed("សាលា\u200bរៀន"))[0] == both_forms("សាលារៀន")[0]


def test_a_long_title_can_be_searched(collection: Collection) -> None:
    assert query.search(collection, KHMER).total == 1
    with pytest.raises(BadQuery):
        query.search(collection, "学" * 151)


def test_what_is_alike_is_found(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path)
    articles = [
        make_article(number, title="河边的学校", lead=None, body=(Block(type="paragraph", text=text),),
                     capture=builder.capture(f"https://baocantho.com.vn/{number}", b"x"))
        for number, text in enumerate((CHINESE, CHINESE.replace("三月", "四月"), "Chợ nổi họp sớm."), 1)
    ]  # fmt: skip
    for article in articles:
        builder.release(article)
    index.follow(builder.collection)
    assert [one.id for one in similar(builder.collection, articles[0])] == [articles[1].id]


SIGNS = st.sampled_from(KHMER + CHINESE + THAI + LAO + "chợ nổi\u17d2\u17cb\u0e33 ×،\u0301_")
ANY_SIGN = st.characters(min_codepoint=0xE00, max_codepoint=0x3FFFF, exclude_categories=["Cs"])


@given(st.text(alphabet=st.one_of(SIGNS, ANY_SIGN), max_size=60))
def test_words_are_parts_of_their_text_and_forms_agree(text: str) -> None:
    text = composed(text)
    found = list(words(text))
    assert all(text[word.start : word.end] == word.text for word in found)
    assert len(found) == len(both_forms(text)[0]) == len(both_forms(text)[1])
    assert joined_forms(text) == tuple("".join(f" {word}" for word in form) for form in both_forms(text))
