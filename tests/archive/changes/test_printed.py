"""What makes a version and what is only another form of the same: the parts that two readings show to differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import Article, Block, CaptureRef, Contributor, Image, PageLayout, from_json, to_json
from archive.changes.printed import PrintedPart, differing_parts

NOON = datetime(2026, 1, 8, 12, 0, tzinfo=UTC)
OLD, NEW = PageLayout(template="cu", rules="r1"), PageLayout(template="moi", rules="r1")
LEAD = "(BVT) - Sáng nay, bến đò Vĩnh Thuận mở lại sau ba tháng sửa chữa."
FIRST = "Hơn 120 chuyến đò qua lại mỗi ngày, chở học sinh và tiểu thương hai bờ."
SECOND = "Ông Lê Văn Bến, chủ đò, nói: “Nước lớn mấy tụi tôi cũng chạy”."
CAPTION = "Chuyến đò đầu tiên rời bến."


def p(text: str) -> Block:
    return Block(type="paragraph", text=text)


def printed(**other: Any) -> Article:
    values: dict[str, Any] = {
        "newspaper": "baovinhthuan",
        "article_id": "7",
        "url": "https://baovinhthuan.vn/ben-do-7.html",
        "kicker": "Đời sống",
        "title": "Bến đò Vĩnh Thuận mở lại",
        "lead": LEAD,
        "body": (p(LEAD), p(FIRST), Block(type="figure", text=CAPTION), p(SECOND)),
        "byline": "Bài, ảnh: TRẦN NGỌC THU",
        "authors": ("Trần Ngọc Thu",),
        "contributors": (Contributor(name="Trần Ngọc Thu", role="text"),),
        "images": (Image(url="https://baovinhthuan.vn/uploads/2026/01/do-dau-tien.jpg", caption=CAPTION, credit="N.T",
                         position=2),),
        "published_at": NOON,
        "captured_at": NOON + timedelta(hours=1),
        "layout": OLD,
    }  # fmt: skip
    return Article(**values | other)


def picture(**other: Any) -> tuple[Image, ...]:
    return (attrs.evolve(printed().images[0], **other),)


BODY = printed().body
UNSIGNED: dict[str, Any] = {"byline": None, "authors": (), "contributors": ()}
LONGER = f"{LEAD} Giá vé không đổi."
SAME: dict[str, dict[str, Any]] = {
    "kinds of blocks": {
        "body": (p(LEAD), Block(type="quote", text=FIRST), BODY[2], Block(type="heading", text=SECOND)),
    },
    "marks of no width": {
        "body": (*BODY[:3], p(SECOND.replace("Văn", "V\u00ada\u200b\u0306n\u200e").replace("chủ", "\u202achủ\u202c"))),
    },
    "a title that stands twice": {"body": (p("Bến đò Vĩnh Thuận mở lại"), *BODY, p("Bến đò Vĩnh Thuận mở lại"))},
    "a counter of readers": {"body": (*BODY, p("Lượt xem: 1.234"))},
    "the tags in a line": {"body": (*BODY, p("Từ khóa: bến đò, Vĩnh Thuận"))},
    "a line to share it by": {"body": (*BODY, p("Chia sẻ bài viết qua Zalo, Facebook"))},
    "a way to another article": {"body": (*BODY, p("Xem thêm: Cầu mới qua kênh Vĩnh Thuận đã thông xe."))},
    "the credit ahead of the caption": {"images": picture(printed=f"Ảnh minh họa: N.T - {CAPTION}")},
    "a related box": {"body": (*BODY, Block(type="related", text="Đò ngang mùa lũ\nCầu mới qua kênh"))},
    "the lead outside the body": {"body": BODY[1:]},
    "no lead of its own": {"lead": None},
    "no lead at all": {"lead": None, "body": BODY[1:]},
    "the byline as last paragraph": {**UNSIGNED, "body": (*BODY, p("Trần Ngọc Thu"))},
    "the byline in other letters": {"byline": "Trần Ngọc Thu"},
    "no byline": UNSIGNED,
    "no dateline": {"lead": LEAD[8:], "body": (p(LEAD[8:]), *BODY[1:])},
    "white space and letters": {"title": "Be\u0302\u0301n  đo\u0300 Vĩnh\u00a0Thuận mở lại"},
    "a title in capitals": {"title": "BẾN ĐÒ VĨNH THUẬN MỞ LẠI"},
    "a title with the site's name": {"title": "Bến đò Vĩnh Thuận mở lại - Báo Vĩnh Thuận"},
    "a kicker ahead of the title": {"title": "Đời sống: Bến đò Vĩnh Thuận mở lại", "kicker": None},
    "another kicker": {"kicker": "XÃ HỘI"},
    "quotes and dashes": {"body": (*BODY[:3], p('Ông Lê Văn Bến, chủ đò, nói: "Nước lớn mấy tụi tôi cũng chạy".'))},
    "a caption as a paragraph": {
        "body": (*BODY[:2], p(f"{CAPTION} Ảnh: N.T"), BODY[3]), "images": picture(caption=None, credit=None),
    },
    "a caption without its credit": {"images": picture(credit=None)},
    "no pictures": {"images": (), "body": (*BODY[:2], BODY[3])},
    "a clock and a counter": {"body": (p("Thứ tư, 4 tháng 3, 2026 lúc 7h45302 lượt xem"), *BODY)},
    "a thumbnail": {"images": picture(url="https://cdn.vinhthuan.vn/thumb_x600/2026/01/do-dau-tien-600x400.jpg.webp")},
    "a picture behind a script": {"images": picture(url="/thumb.php?src=/uploads/2026/01/do-dau-tien.jpg&w=300")},
    "pictures of a new host": {"images": picture(url="https://cdn.khac.vn/f/9f8e7d.jpg")},
    "another clock": {"published_at": NOON - timedelta(hours=12), "published_precision": "day"},
    "paragraphs parted otherwise": {"body": (p(f"{LEAD} {FIRST}"), BODY[2], p(SECOND[:27]), p(SECOND[27:]))},
    "a line of the site": {"body": (*BODY, p("Phóng to cỡ chữ"))},
    "a lead cut short": {"lead": "Sáng nay, bến đò Vĩnh Thuận mở lại...", "body": BODY},
}  # fmt: skip
OTHER: dict[str, tuple[dict[str, Any], set[PrintedPart]]] = {
    "the title": ({"title": "Bến đò Vĩnh Thuận chưa mở lại"}, {PrintedPart.TITLE}),
    "a capital": ({"title": "Bến Đò Vĩnh Thuận mở lại"}, {PrintedPart.TITLE}),
    "a figure": ({"body": (*BODY[:1], p(FIRST.replace("120", "12")), *BODY[2:])}, {PrintedPart.BODY}),
    "a name": ({"body": (*BODY[:3], p(SECOND.replace("Bến", "Bé")))}, {PrintedPart.BODY}),
    "a paragraph more": ({"body": (*BODY, p("Đò nghỉ từ 22 giờ mỗi đêm."))}, {PrintedPart.BODY}),
    "a paragraph less": ({"body": BODY[:3]}, {PrintedPart.BODY}),
    "a correction": ({"body": (*BODY, p("Đính chính: bến đò mở lại từ chiều nay."))}, {PrintedPart.BODY}),
    "the order": ({"body": (BODY[0], BODY[3], BODY[2], BODY[1])}, {PrintedPart.BODY}),
    "the writer": ({"byline": "LÝ HẢI", "authors": ("Lý Hải",), "contributors": ()}, {PrintedPart.BYLINE}),
    "the lead": ({"lead": LONGER, "body": (p(LONGER), *BODY[1:])}, {PrintedPart.LEAD}),
    "a caption": ({"images": picture(caption="Chuyến đò cuối ngày cập bến.")}, {PrintedPart.CAPTIONS}),
    "a credit": ({"images": picture(credit="Q.H")}, {PrintedPart.CAPTIONS}),
    "a picture": ({"images": picture(url="https://baovinhthuan.vn/uploads/2026/01/do-chieu.jpg")},
        {PrintedPart.PICTURES}),
}  # fmt: skip
ONLY_IN_ANOTHER_LAYOUT = {
    "no lead at all", "no byline", "a caption without its credit", "no pictures", "pictures of a new host",
    "a title with the site's name", "a line of the site",
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_another_form_of_the_same_makes_no_version(name: str) -> None:
    later = printed(layout=NEW, **SAME[name])
    assert differing_parts(printed(), later) == ()
    assert differing_parts(later, printed()) == ()


@pytest.mark.parametrize("name", SAME)
def test_in_one_layout_what_is_missing_was_removed(name: str) -> None:
    found = differing_parts(printed(), printed(**SAME[name]))
    assert bool(found) is (name in ONLY_IN_ANOTHER_LAYOUT), found


@pytest.mark.parametrize("name", OTHER)
def test_what_is_printed_otherwise_makes_a_version(name: str) -> None:
    changes, parts = OTHER[name]
    assert set(differing_parts(printed(), printed(**changes))) == parts
    assert set(differing_parts(printed(**changes), printed())) == parts


@pytest.mark.parametrize("name", OTHER)
@pytest.mark.parametrize("form", ["no byline", "the lead outside the body", "a thumbnail", "a related box"])
def test_a_redesign_and_an_edit_at_once_make_a_version(name: str, form: str) -> None:
    changes, _ = OTHER[name]
    clash = SAME[form].keys() & changes.keys()
    if not clash:
        assert differing_parts(printed(), printed(layout=NEW, **SAME[form] | changes))


def test_the_same_bytes_are_the_same_picture_under_any_name() -> None:
    held = CaptureRef(record_id="urn:uuid:1", payload_digest="sha256:ABC")
    former = printed(images=picture(capture=held))
    assert differing_parts(former, printed(images=picture(url="https://cdn.khac.vn/1.jpg", capture=held))) == ()


def test_a_picture_that_took_anothers_place_is_another_one() -> None:
    first, second, third = (CaptureRef(record_id=f"urn:uuid:{n}", payload_digest=f"sha256:{n}") for n in "123")
    former, later = printed(images=picture(capture=first)), printed(images=picture(capture=second, exchanged="2"))
    assert differing_parts(former, later) == (PrintedPart.PICTURES,) == differing_parts(later, former)
    assert former.own_hash() != later.own_hash() and former.text_hash() == later.text_hash()
    assert differing_parts(later, printed(images=picture(capture=third, exchanged="3"))) == (PrintedPart.PICTURES,)
    for form in (OLD, NEW):
        assert differing_parts(former, printed(images=picture(capture=second), layout=form)) == ()  # compressed again
        assert differing_parts(later, printed(images=picture(capture=second), layout=form)) == ()
        # of a reading without captures nobody knows which of the two it is
        assert differing_parts(later, printed(images=picture(), layout=form)) == ()
        assert differing_parts(printed(images=picture(), layout=form), later) == ()
    assert "exchanged" not in to_json(former) and from_json(to_json(later)) == later


def test_files_of_one_short_name_in_other_folders_are_other_pictures() -> None:
    one, other = (picture(url=f"https://baovinhthuan.vn/uploads/bai-{n}/1.jpg") for n in "12")
    assert differing_parts(printed(images=one), printed(images=other)) == (PrintedPart.PICTURES,)


def test_in_one_layout_other_bytes_in_another_folder_are_another_picture() -> None:
    address = "https://baovinhthuan.vn/uploads/2026/01/{}/hinh-anh-1.jpg"
    one, other = (
        picture(
            url=address.format(day), capture=CaptureRef(record_id=f"urn:uuid:{day}", payload_digest=f"sha256:{day}")
        )
        for day in ("08", "09")
    )
    assert differing_parts(printed(images=one), printed(images=other)) == (PrintedPart.PICTURES,)
    assert differing_parts(printed(images=one), printed(images=other, layout=NEW)) == ()


@pytest.mark.parametrize("lead", ["…", "Đò…"])
def test_a_lead_that_is_cut_after_few_words_opens_no_paragraph(lead: str) -> None:
    edited = printed(lead=lead, body=(p(LEAD), p(FIRST), BODY[2], p("Đò ngưng chạy từ chiều mai vì nước lớn.")))
    assert differing_parts(printed(lead=lead), edited) == (PrintedPart.BODY,)


@pytest.mark.parametrize("name", ["Minh", "Tổng", "Lê Minh"])
def test_names_that_are_words_of_labels_too_are_names(name: str) -> None:
    one, other = printed(byline=f"Bài, ảnh: {name}"), printed(byline="Bài, ảnh: Lê")
    assert differing_parts(one, other) == (PrintedPart.BYLINE,)
    assert differing_parts(one, printed(**UNSIGNED)) == (PrintedPart.BYLINE,)


def test_people_who_change_places_in_a_caption_make_a_version() -> None:
    one, other = (
        picture(caption=said, printed=said) for said in ("Từ trái: An, Bình, Chi.", "Từ trái: Bình, An, Chi.")
    )
    assert differing_parts(printed(images=one), printed(images=other)) == (PrintedPart.CAPTIONS,)


def test_a_minus_ahead_of_a_number_is_no_bullet() -> None:
    cold, mild, item = (printed(body=(p(FIRST), p(f"{sign}5 độ, có sương muối."))) for sign in ("-", "", "- "))
    assert differing_parts(cold, mild) == (PrintedPart.BODY,)
    assert differing_parts(item, mild) == ()


def test_addresses_of_pictures_that_are_none_do_not_fail() -> None:
    one, other = (picture(url=url) for url in ("http://[::1/cho-noi-mua-nuoc.jpg", "http://[/cho-noi.jpg?a=b"))
    assert differing_parts(printed(images=one), printed(images=one)) == ()
    assert differing_parts(printed(images=one), printed(images=other)) == (PrintedPart.PICTURES,)


def test_pages_of_many_short_lines_and_pictures_are_decided_soon() -> None:
    """Each line and each picture is held against all others by what names it, not one by one."""

    def many(word: str) -> Article:
        lines = (p(f"{word} {nth}") for nth in range(5_000))
        cut = (p(f"{word} mua gì bán gì {nth}...") for nth in range(5_000))
        pictures = (
            Image(url=f"https://bao.vn/{word}{'-small' * 40}-{nth}.jpg", caption=f"{word} {nth}", credit=f"K{nth}")
            for nth in range(1_000)
        )
        return printed(body=(*lines, *cut), images=tuple(pictures))

    found = differing_parts(many("CHỢ"), many("GHE"))
    assert found == (PrintedPart.BODY, PrintedPart.PICTURES, PrintedPart.CAPTIONS)


def test_without_a_layout_the_way_of_reading_tells_what_is_missing() -> None:
    """Articles of before do not say from what template they are."""
    without = printed(layout=None, byline=None, authors=(), contributors=())
    assert differing_parts(printed(layout=None), without) == (PrintedPart.BYLINE,)
    general = attrs.evolve(without, missing={"byline": "no_layout"})
    assert differing_parts(printed(layout=None), general) == ()


_TEXTS = st.lists(st.text(alphabet='abc ABC."“-–đ́\n', max_size=12), max_size=4)


@given(_TEXTS, _TEXTS, st.booleans())
def test_it_never_fails_and_nothing_differs_from_itself(ones: list[str], others: list[str], is_same: bool) -> None:
    former = printed(body=tuple(map(p, ones)), lead=ones[0] if ones else None)
    later = printed(body=tuple(map(p, others)), byline=others[0] if others else None, layout=OLD if is_same else NEW)
    differing_parts(former, later)
    assert differing_parts(former, former) == () == differing_parts(later, later)


TABLE = "Loại | Sáng | Chiều\nLúa | 6.500 | \nCá tra | 28.000 | 28.500"


@pytest.mark.parametrize(
    ("later", "is_other"),
    [
        (TABLE, False),
        (TABLE.replace("6.500 | ", " | 6.500"), True),
        (TABLE.replace("28.000 | 28.500", "28.500 | 28.000"), True),
        (TABLE.replace("Loại | Sáng | Chiều", "Loại |  | Sáng Chiều"), False),
        (TABLE.replace("Lúa | 6.500 | ", "Lúa | 6.500"), False),
        (TABLE.replace(" | ", " "), False),
    ],
)
def test_figures_that_stand_in_other_cells_make_a_version(later: str, is_other: bool) -> None:
    one, other = (printed(body=(*BODY, Block(type="table", text=text))) for text in (TABLE, later))
    expected = (PrintedPart.BODY,) if is_other else ()
    assert differing_parts(one, other) == differing_parts(other, one) == expected
