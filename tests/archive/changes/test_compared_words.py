"""Words of two texts compared: what is shown is exactly what both texts say, and it takes bounded time."""

from __future__ import annotations

import itertools
import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.changes.paragraphs import aligned
from archive.changes.sequences import Budget, matched
from archive.changes.words import Piece, compared, units, words

SYLLABLES = [
    "chợ",
    "nổi",
    "Cần",
    "Thơ",
    "12",
    "1.200",
    "20/10/2026",
    "triệu",
    "đồng",
    "của",
    ",",
    ".",
    "(",
    "hòa",
    "hoà",
    "“",
]
TEXTS = st.lists(st.sampled_from([*SYLLABLES, "\n", "  "]), max_size=30).map(" ".join) | st.text(max_size=40)


def joined(pieces: tuple[Piece, ...], left_out: str) -> str:
    return "".join(piece.text for piece in pieces if piece.change != left_out)


@given(TEXTS, TEXTS)
def test_what_is_shown_is_both_texts(former: str, later: str) -> None:
    pieces = compared(former, later)
    assert joined(pieces, "added") == unicodedata.normalize("NFC", former)
    assert joined(pieces, "removed") == unicodedata.normalize("NFC", later)
    assert all(piece.text for piece in pieces)
    assert all(one.change != other.change for one, other in itertools.pairwise(pieces))


@given(TEXTS)
def test_a_text_is_cut_into_words_and_loses_nothing(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert "".join(space + word for space, word in units(composed)) == composed
    assert all(piece.change == "same" for piece in compared(text, unicodedata.normalize("NFD", text)))


@given(st.lists(st.integers(0, 5), max_size=40), st.lists(st.integers(0, 5), max_size=40))
def test_pairs_ascend_and_are_equal(former: list[int], later: list[int]) -> None:
    pairs = matched(former, later, Budget())
    assert all(former[one] == later[other] for one, other in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in itertools.pairwise(pairs))


@given(st.lists(st.integers(0, 3), max_size=14), st.lists(st.integers(0, 3), max_size=14))
def test_without_anchors_no_longer_series_is_shared(former: list[int], later: list[int]) -> None:
    """Each element twice, so that none is an anchor."""
    one, other = [x for x in former for _ in range(2)], [x for x in later for _ in range(2)]
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, x in enumerate(one):
        for j, y in enumerate(other):
            table[i + 1][j + 1] = table[i][j] + 1 if x == y else max(table[i][j + 1], table[i + 1][j])
    if not {x for x in one if one.count(x) == 1}:
        found = matched(one, other, Budget())
        assert len(found) <= table[-1][-1]
        if len(set(one)) <= 1:
            assert len(found) == table[-1][-1]


@pytest.mark.parametrize(
    ("former", "later", "shown"),
    [
        ("bốn giờ sáng", "năm giờ sáng", "[-bốn-]{+năm+} giờ sáng"),
        ("Có 1.200 hộ.", "Có 1.250 hộ.", "Có [-1.200-]{+1.250+} hộ."),
        ("ngày 20/10/2026", "ngày 21/10/2026", "ngày [-20/10/2026-]{+21/10/2026+}"),
        ("Chợ nổi Cái Răng.", "Chợ nổi đông vui Cái Răng.", "Chợ nổi {+đông vui +}Cái Răng."),
        ("Thủy sản", "Thuỷ sản", "[-Thủy-]{+Thuỷ+} sản"),
        ("ផ្សារបណ្តែត", "ផ្សារទឹក", "ផ្សារ[-បណ្តែត-]{+ទឹក+}"),
        ("水上市场", "水上集市", "水上{+集+}市[-场-]"),
        ("", "mới", "{+mới+}"),
        ("hết", "", "[-hết-]"),
    ],
)
def test_units_are_syllables_numbers_and_signs(former: str, later: str, shown: str) -> None:
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    assert "".join(marks[piece.change].format(piece.text) for piece in compared(former, later)) == shown


def test_a_passage_that_was_written_anew_is_not_shown_in_shreds() -> None:
    former = "Hôm qua lực lượng chức năng của thành phố đã kiểm tra ba cơ sở sản xuất."
    later = "Sáng nay đoàn liên ngành do quận lập của chủ tịch mới rà soát mọi hộ buôn bán."
    changes = [piece.change for piece in compared(former, later)]
    assert changes == ["removed", "added", "same"]


HOSTILE = {
    "one word": (["a"] * 60_000, ["a"] * 59_000 + ["b"]),
    "two words in turn": (["a", "b"] * 20_000, ["a", "c"] * 20_000),
    "nothing shared": ([f"a{n}" for n in range(50_000)], [f"b{n}" for n in range(50_000)]),
    "turned round": ([f"a{n}" for n in range(30_000)], [f"a{n}" for n in range(30_000, 0, -1)]),
    "at random": (random.Random(1).choices("abcdef", k=30_000), random.Random(2).choices("abcdef", k=30_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_bounded_steps(name: str) -> None:
    former, later = HOSTILE[name]
    budget = Budget()
    pairs = matched(former, later, budget)
    # what was begun within the bound is finished
    assert budget.steps > -len(former) - len(later) - 2_000
    assert all(former[one] == later[other] for one, other in pairs)


PARAGRAPHS = st.lists(st.sampled_from(["một hai ba", "bốn năm sáu bảy", "tám", "chín mười một hai", ""]), max_size=12)


@given(PARAGRAPHS, PARAGRAPHS)
def test_all_paragraphs_are_in_the_rows(former: list[str], later: list[str]) -> None:
    rows = aligned(former, later, Budget())
    assert [text for row in rows for text in row.former] == former
    assert [text for row in rows for text in row.later] == later


TEXT = [
    "Chợ nổi họp từ bốn giờ sáng, khi mặt sông còn mù sương.",
    "Mỗi ngày có khoảng ba trăm ghe thuyền về bán trái cây.",
    "Bà Nguyễn Thị Lụa bán bún riêu trên sông đã hai mươi năm.",
    "Thành phố sẽ hỗ trợ các hộ 5 triệu đồng để sửa ghe.",
]


def rows_of(former: list[str], later: list[str]) -> list[tuple[int, int, bool]]:
    return [(len(row.former), len(row.later), row.is_moved) for row in aligned(former, later, Budget())]


def test_an_inserted_paragraph_shifts_nothing() -> None:
    edited = [TEXT[0], "Năm nay nước lên sớm.", TEXT[1].replace("ba trăm", "hai trăm"), TEXT[2], TEXT[3] + " Hết."]
    rows = aligned(TEXT, edited, Budget())
    assert [(row.former, row.later) for row in rows] == [
        ((TEXT[0],), (TEXT[0],)),
        ((), ("Năm nay nước lên sớm.",)),
        ((TEXT[1],), (edited[2],)),
        ((TEXT[2],), (TEXT[2],)),
        ((TEXT[3],), (edited[4],)),
    ]


def test_a_paragraph_that_moved_is_the_same_at_both_places() -> None:
    assert rows_of(TEXT, [TEXT[3], *TEXT[:3]]) == [
        (0, 1, True), (1, 1, False), (1, 1, False), (1, 1, False), (1, 0, True),
    ]  # fmt: skip


def test_paragraphs_that_were_split_or_joined_are_one_row() -> None:
    joined_text = [TEXT[0], f"{TEXT[1]} {TEXT[2]}", TEXT[3]]
    assert rows_of(TEXT, joined_text) == [(1, 1, False), (2, 1, False), (1, 1, False)]
    assert rows_of(joined_text, TEXT) == [(1, 1, False), (1, 2, False), (1, 1, False)]


def test_very_many_paragraphs_take_bounded_steps() -> None:
    choose = random.Random(3)
    texts = [" ".join(choose.choices(SYLLABLES, k=20)) for _ in range(6_000)]
    budget = Budget()
    rows = aligned(texts[:3_000], texts[3_000:], budget)
    assert sum(len(row.former) for row in rows) == sum(len(row.later) for row in rows) == 3_000
    assert budget.steps > -1_000


def test_words_leave_out_signs() -> None:
    assert words("Giá 1.200 đồng/kg (tăng 5%).") == ["Giá", "1.200", "đồng", "kg", "tăng", "5"]
