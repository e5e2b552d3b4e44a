"""What is alike and not the same: notices whose figures, days or names differ; and what an editor changes, which is."""

from __future__ import annotations

import pytest

from archive.reprints.comparison import compare
from archive.reprints.text import ComparedText

RATES = (
    "Ngân hàng công bố lãi suất áp dụng từ ngày {day} cho khách hàng cá nhân gửi tại quầy và gửi trực tuyến.",
    "Kỳ hạn một tháng là {a} %, kỳ hạn sáu tháng là {b} %, kỳ hạn mười hai tháng là {c} % một năm, trả lãi cuối kỳ.",
    "Khách hàng rút trước hạn được hưởng lãi suất không kỳ hạn theo biểu hiện hành của ngân hàng tại thời điểm rút.",
)
DEATH = (
    "Gia đình vô cùng thương tiếc báo tin cùng bà con thân thuộc, xóm giềng cụ {name} đã từ trần tại nhà.",
    "Lễ nhập quan tại nhà, linh cữu quàn tại khóm của {place}; lễ động quan và an táng tại nghĩa trang {place}.",
    "Tang gia xin cảm tạ và mong được miễn thứ những điều sơ suất trong lúc tang gia bối rối, bởi ông {kin} thay mặt.",
)
STORY = (
    "Trận mưa lớn đêm qua làm {a} căn nhà ở xã Tân Hòa tốc mái, {b} người bị thương nhẹ và hàng chục cây xanh ngã đổ.",
    "Chủ tịch xã Lê Văn Tám cho biết dân quân đã giúp dân lợp lại mái, dọn cây và đưa người già tới trường học ở tạm.",
    "Điện lực huyện cắt điện hai tuyến để kéo lại dây, dự kiến đóng điện trở lại trong chiều nay cho toàn bộ khu vực.",
    "Trạm y tế xã băng bó cho những người bị thương; không ai phải chuyển lên tuyến trên, các cháu nhỏ đều bình an.",
)

FIRE = (
    "Rạng sáng nay, lửa bùng lên ở xưởng gỗ bên sông Măng Thít rồi lan sang {a} ki-ốt và {b} căn nhà liền kề.",
    "Công an tỉnh điều {c} xe chữa cháy cùng {d} cán bộ, chiến sĩ dập lửa; bà con dùng máy bơm lấy nước sông phụ giúp.",
    "Ông Phan Văn Trọng, chủ xưởng, cho biết khi đó không có ai vì thợ đã về quê ăn giỗ từ chiều hôm trước.",
    "Thiệt hại ban đầu chừng {e} triệu đồng; nguyên nhân đang được điều tra, nghi do chập điện ở khu vực máy bào gỗ.",
)


def text(parts: tuple[str, ...], title: str = "Tin", **values: object) -> ComparedText:
    return ComparedText(tuple(part.format(**values) for part in parts), title)


def alike(one: ComparedText, other: ComparedText) -> bool:
    first, second = compare(one, other), compare(other, one)
    assert first.is_reprint == second.is_reprint
    assert first.kept_of_first == second.kept_of_second
    return first.is_reprint


@pytest.mark.parametrize(
    "other",
    [
        {"day": "13/3", "a": "3,2", "b": "4,8", "c": "5,6"},
        {"day": "13/3", "a": "3,1", "b": "4,8", "c": "5,5"},
        {"day": "12/4", "a": "3,1", "b": "4,7", "c": "5,5"},
    ],
)
def test_rates_of_two_days_are_two_notices(other: dict[str, str]) -> None:
    first = text(RATES, day="12/3", a="3,1", b="4,7", c="5,5")
    assert not alike(first, text(RATES, **other))
    assert alike(first, text((*RATES, "Theo TTXVN"), day="12/3", a="3,1", b="4,7", c="5,5"))


def test_deaths_of_two_persons_are_two_notices() -> None:
    first = text(DEATH, name="Trần Văn Lúa", place="Mỹ Hòa", kin="Trần Văn Bông")
    assert not alike(first, text(DEATH, name="Đỗ Thị Sen", place="An Thạnh", kin="Đỗ Hữu Lộc"))
    assert alike(first, text((*DEATH, "Tin: P.V"), name="Trần Văn Lúa", place="Mỹ Hòa", kin="Trần Văn Bông"))


def test_pages_that_a_number_in_the_title_tells_apart() -> None:
    parts = ("Đáp án mã đề {code} được cập nhật sau giờ thi, mời bạn đọc đón xem và chia sẻ.", *STORY)
    first = text(parts, "Đáp án môn Toán mã đề 101", code=101, a=12, b=3)
    assert not alike(first, text(parts, "Đáp án môn Toán mã đề 102", code=102, a=12, b=3))
    assert alike(first, text(parts, "Lời giải môn Toán", code=101, a=12, b=3))


def test_a_toll_that_was_brought_up_to_date_makes_no_other_story() -> None:
    first = text(STORY, "Mưa lớn ở Tân Hòa", a=12, b=3)
    assert alike(first, text(STORY, "Nhà tốc mái vì mưa", a=14, b=3))


def test_figures_corrected_after_a_reprint_make_no_other_story() -> None:
    first = text(FIRE, a=4, b=2, c=7, d=60, e=900)
    assert alike(first, text(FIRE, a=6, b=2, c=7, d=60, e=1200))
    assert not alike(first, text(FIRE, a=6, b=3, c=5, d=45, e=1200))


@pytest.mark.parametrize("form", ["NFD", "upper", "hoà", "joined"])
def test_form_case_tone_and_paragraphs_make_no_difference(form: str) -> None:
    import unicodedata

    first = text(STORY, a=12, b=3)
    parts = list(first.paragraphs)
    if form == "NFD":
        parts = [unicodedata.normalize("NFD", part) for part in parts]
    elif form == "upper":
        parts = [part.upper() for part in parts]
    elif form == "hoà":
        parts = [part.replace("Hòa", "Hoà") for part in parts]
    else:
        parts = [" ".join(parts)]
    changed = ComparedText.of({"body": [{"type": "paragraph", "text": part} for part in parts]})
    assert compare(first, changed).is_equal


def test_hostile_texts_are_compared_in_bounded_time() -> None:
    long = ComparedText(("một " * 200_000,))
    digits = ComparedText(("1 " * 100_000,))
    assert long.count == digits.count == 40_000
    assert len(long.shingles) == 1
    assert not compare(long, digits).is_reprint
    assert not compare(ComparedText(()), ComparedText(("",))).is_reprint
