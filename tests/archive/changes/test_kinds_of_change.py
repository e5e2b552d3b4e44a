"""What kind of change an edit is, by the texts of provincial newspapers, made up here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest
from support.collection_builder import make_article

from archive.article import Article, Block, CaptureRef, Image, PageLayout
from archive.changes.comparison import changes
from archive.changes.kinds import ChangeKind, Step, step_between
from archive.changes.notes import has_note
from archive.changes.words import words

K = ChangeKind
BODY = (
    "Chiều 12/10, Công an quận Ninh Kiều bắt giữ ông Nguyễn Văn An (45 tuổi) vì cầm 200 triệu đồng của khách.",
    "Theo cơ quan điều tra, có ba người bị hại. Vụ việc xảy ra tại phường Cái Khế vào thứ Hai.",
    "Nhiều bà con ở chợ cho biết họ đã gom tiền góp hụi từ đầu mùa nước nổi.",
)


def story(*body: str, **fields: Any) -> Article:
    blocks = tuple(Block(type="paragraph", text=text) for text in body or BODY)
    said = {"lead": "Một vụ án ở chợ.", "title": "Bắt giữ chủ hụi ở Cần Thơ", "body": blocks}
    return make_article(1, **(said | fields))


def edited(old: str, new: str, **fields: Any) -> Step:
    assert any(old in text for text in BODY)
    return step_between(story(), story(*(text.replace(old, new) for text in BODY), **fields))


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("12/10", "13/10", {K.FIGURES}),
        ("200 triệu", "250 triệu", {K.FIGURES}),
        ("200 triệu đồng", "200 tỷ đồng", {K.FIGURES}),
        ("có ba người", "có bốn người", {K.FIGURES}),
        ("thứ Hai", "thứ Ba", {K.FIGURES}),
        ("45 tuổi", "47 tuổi", {K.FIGURES}),
        ("Nguyễn Văn An", "Nguyễn Văn Bình", {K.NAMES}),
        ("Cái Khế", "An Khánh", {K.NAMES}),
        ("ông Nguyễn Văn An (45 tuổi)", "một người đàn ông (45 tuổi)", {K.NAMES, K.REWORDED}),
        ("bắt giữ", "tạm giữ", {K.REWORDED}),
        ("Nhiều bà con", "Một số bà con", {K.REWORDED}),
        ("Chiều 12/10", "Sáng 12/10", {K.REWORDED}),
        (" từ đầu mùa nước nổi", "", {K.REMOVED}),
        ("góp hụi", "góp hụi cho chủ hụi suốt nhiều tháng liền", {K.ADDED}),
        ("bắt giữ ông Nguyễn Văn An (45", "tạm giữ ông Nguyễn Văn Bình (46", {K.REWORDED, K.NAMES, K.FIGURES}),
        ("cho biết họ", "cho biết, họ", {K.REWORDED}),
    ],
)
def test_an_edit_within_a_paragraph(old: str, new: str, kinds: set[ChangeKind]) -> None:
    assert edited(old, new).kinds == kinds


@pytest.mark.parametrize(
    ("former", "later", "kinds"),
    [
        ("Hội nghị ở TP. Cần Thơ.", "Hội nghị ở TP. Vị Thanh.", {K.NAMES}),
        ("Bà N.T.L. (45 tuổi) kể lại.", "Bà N.T.H. (45 tuổi) kể lại.", {K.NAMES}),
        ("UBND huyện đã họp.", "HĐND huyện đã họp.", {K.NAMES}),
        ("Anh Năm ở chợ.", "Anh Sáu ở chợ.", {K.NAMES}),
        ("Hôm qua trời mưa lớn.", "Sáng nay trời mưa lớn.", {K.REWORDED}),
        ("Ba cháu bé đuối nước.", "Bốn cháu bé đuối nước.", {K.FIGURES}),
        ("Đại hội lần thứ XIII họp.", "Đại hội lần thứ XIV họp.", {K.FIGURES}),
        ("Tăng 5% so với năm trước.", "Tăng 5,5% so với năm trước.", {K.FIGURES}),
        ("Giá 100 USD một tấn.", "Giá 100 đồng một tấn.", {K.FIGURES}),
        ("Diện tích 120 km2.", "Diện tích 120 ha.", {K.FIGURES}),
        ("Hàng trăm người đến.", "Hàng nghìn người đến.", {K.FIGURES}),
        ("Trận đấu kết thúc 2-1.", "Trận đấu kết thúc 2-2.", {K.FIGURES}),
        ("Nghị định số 10/2026/NĐ-CP.", "Nghị định số 12/2026/NĐ-CP.", {K.FIGURES}),
        ("Ngày 05/9 khai giảng.", "Ngày 5/9 khai giảng.", {K.REWORDED}),
        ("Một đoạn dài có nhiều chữ. Câu hai.", "Một đoạn dài có nhiều chữ.\nCâu hai.", set()),
    ],
)
def test_names_and_figures_are_told_apart(former: str, later: str, kinds: set[ChangeKind]) -> None:
    assert step_between(story(former), story(*later.split("\n"))).kinds == kinds


def test_paragraphs_that_come_and_go() -> None:
    more = "Ngày mai, tòa án sẽ xét xử vụ việc này tại trụ sở."
    assert step_between(story(), story(*BODY, more)).kinds == {K.ADDED}
    assert step_between(story(*BODY, more), story()).kinds == {K.REMOVED}
    assert step_between(story(), story(BODY[2], *BODY[:2])).kinds == {K.MOVED}
    moved = step_between(story(), story(BODY[2], *BODY[:2]))
    assert (moved.removed, moved.added) == (0, 0)


def test_a_counter_beside_an_edit_is_no_change() -> None:
    def counted(number: int, *body: Block) -> Article:
        return attrs.evolve(story(), body=(*body, Block(type="paragraph", text=f"Lượt xem: {number}")))

    body = story().body
    step = step_between(counted(1201, *body[:-1]), counted(1322, *body))
    assert (step.kinds, step.removed, step.added) == ({K.ADDED}, 0, len(words(body[-1].text)))


def test_words_are_counted() -> None:
    step = edited("bắt giữ", "tạm giữ")
    assert (step.removed, step.added) == (1, 1)
    assert step_between(story(), story(title="Chủ hụi bị bắt")).added == 4


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"title": "Tạm giữ chủ hụi ở Cần Thơ"}, {K.HEADLINE}),
        ({"title": "BẮT GIỮ CHỦ HỤI Ở CẦN THƠ"}, {K.HEADLINE}),
        ({"kicker": "Pháp luật"}, {K.HEADLINE}),
        ({"lead": "Một vụ vỡ hụi ở chợ."}, {K.LEAD}),
        ({"title": "Bắt giữ chủ hụi ở Hậu Giang"}, {K.HEADLINE, K.NAMES}),
        ({"byline": "TRẦN MINH"}, {K.BYLINE}),
        ({"authors": ("Trần Minh",)}, {K.BYLINE}),
        ({"tags": ("hụi",)}, set()),
        ({"section": "Pháp luật"}, set()),
    ],
)
def test_an_edit_of_a_field(fields: dict[str, Any], kinds: set[ChangeKind]) -> None:
    step = step_between(story(), story(**fields))
    assert step.kinds == kinds
    assert step.is_silent is bool(kinds)


@pytest.mark.parametrize(
    "fields",
    [
        {"byline": "PV Lê An"},
        {"byline": "Bài: Lê An"},
        {"lead": None, "body": ("Một vụ án ở “chợ”.", *BODY)},
        {"lead": 'Một vụ án ở "chợ".'},
        {"body": ("Một vụ án ở “chợ”.", BODY[0].replace("bắt", "b\u00adắt"), *BODY[1:])},
    ],
)
def test_what_prints_the_same_is_no_kind_of_an_edit_beside_it(fields: dict[str, Any]) -> None:
    said = {"byline": "Lê An", "lead": "Một vụ án ở “chợ”."}
    body = fields.get("body", BODY)
    later = story(
        *body, **(said | {"title": "Tạm giữ chủ hụi ở Cần Thơ"} | {k: fields[k] for k in fields if k != "body"})
    )
    assert step_between(story(**said), later).kinds == {K.HEADLINE}


def test_what_another_layout_lacks_was_not_removed() -> None:
    former = story(
        lead="Hai người ở Cái Răng mất 40 triệu đồng.", byline="Lê An", authors=(), layout=PageLayout(template="a")
    )
    later = story(
        BODY[0].replace("bắt", "tạm"), *BODY[1:], lead=None, byline=None, authors=(), layout=PageLayout(template="b")
    )
    assert step_between(former, later).kinds == {K.REWORDED}
    alone = story(lead=former.lead, byline=None, authors=(), layout=PageLayout(template="b"))
    assert step_between(former, alone).kinds == {K.BYLINE}


HASH = "4f" * 16


def picture(name: str, caption: str | None = "Chợ nổi.", digest: str | None = None) -> Image:
    capture = CaptureRef(record_id=f"urn:uuid:{name}", payload_digest=digest) if digest else None
    return Image(url=f"https://a.test/uploads/{name}.jpg", caption=caption, capture=capture)


@pytest.mark.parametrize(
    ("former", "later", "kinds"),
    [
        ((picture("a"),), (picture("b"),), {K.PICTURE_SWAPPED}),
        ((picture("a"),), (picture("b", "Chợ quê."),), {K.PICTURE_SWAPPED, K.CAPTION}),
        ((picture("a"),), (picture("a", "Chợ quê."),), {K.CAPTION}),
        ((picture("a"),), (picture("a"), picture("b")), {K.PICTURE_ADDED}),
        ((picture("a"), picture("b")), (picture("b"),), {K.PICTURE_REMOVED}),
        ((picture("a", digest="sha256:A"),), (picture("b", digest="sha256:A"),), set()),
        ((picture("a", digest="sha256:A"),), (picture("a", digest="sha256:B"),), {K.PICTURE_SWAPPED}),
        ((picture("a", digest="sha256:A"),), (picture("a-600x400", digest="sha256:B"),), set()),
        ((picture(f"{HASH}_L", digest="sha256:A"),), (picture(f"{HASH}_XL", digest="sha256:B"),), set()),
        ((picture("a_l", digest="sha256:A"),), (picture("a_s", digest="sha256:B"),), {K.PICTURE_SWAPPED}),
        ((picture("a", digest="sha256:A"),), (picture("a"),), set()),
        ((picture("a"), picture("b"), picture("c")), (picture("a"), picture("x"), picture("c")), {K.PICTURE_SWAPPED}),
    ],
)
def test_pictures(former: tuple[Image, ...], later: tuple[Image, ...], kinds: set[ChangeKind]) -> None:
    assert step_between(story(images=former), story(images=later)).kinds == kinds


def test_a_picture_at_another_size_or_host_is_the_same() -> None:
    one = Image(url="https://a.test/thumb/660/2026/cho-noi-cai-rang.jpg?w=660")
    other = Image(url="https://cdn.test/uploads/2026/cho-noi-cai-rang.jpg")
    assert step_between(story(images=(one,)), story(images=(other,))).kinds == set()
    programs = [Image(url=f"https://a.test/picture.ashx?id={number}") for number in (1, 2)]
    assert step_between(story(images=(programs[0],)), story(images=(programs[1],))).kinds == {K.PICTURE_SWAPPED}


def test_figures_are_no_paragraphs_and_the_lead_stands_once() -> None:
    figure = Block(type="figure", text="Chợ nổi.")
    lead = Block(type="paragraph", text="Một vụ án ở chợ.")
    with_figure = attrs.evolve(story(), body=(lead, figure, *story().body), images=(picture("a"),))
    parts = changes(story(), attrs.evolve(with_figure, images=(attrs.evolve(picture("a"), position=1),)))
    assert [part.field for part in parts] == ["title", "lead", "authors", "", "", "", "images"]


NOTES = (
    "Đính chính: Trong bài đăng ngày 12/10, do sơ suất chúng tôi viết nhầm tên ông An.",
    "ĐÍNH CHÍNH",
    "(*) Cải chính: số tiền là 250 triệu đồng.",
    "Tòa soạn thành thật xin lỗi bạn đọc vì sai sót này.",
    "Toà soạn xin cáo lỗi cùng ông An và bạn đọc.",
    "Bài viết đã được cập nhật lúc 16 giờ ngày 13/10.",
    "(Bài viết đã được chỉnh sửa số liệu)",
    "Do sơ suất, Báo Cần Thơ đã đăng nhầm ảnh. Báo Cần Thơ chân thành xin lỗi bạn đọc về sự cố này.",
    "Ban Biên tập xin đính chính tên nhân vật trong bài.",
    "Xin lỗi bạn đọc: ảnh trong bản trước của bài viết này bị nhầm.",
    "Nội dung đã được sửa lại so với bản đăng lúc 9 giờ.",
    "Nói lại cho rõ",
    "Correction: the market opens at four.",
    "An earlier version of this article misstated the price.",
)
NO_NOTES = (
    "Chị Lan đến phường xin cải chính hộ tịch cho con.",
    "Cải chính hộ tịch là việc của tư pháp phường.",
    "Ông An phải xin lỗi công khai người bị hại.",
    "Thông tin đã được cập nhật vào hệ thống dữ liệu quốc gia.",
    "Huyện đã sửa 12 km đường và cập nhật quy hoạch.",
    "Doanh nghiệp xin lỗi khách hàng vì giao hàng chậm.",
    "Nhà báo Nguyễn Văn Tòa soạn nhạc cho thiếu nhi.",
    "Bài toán này đã được giải.",
)


@pytest.mark.parametrize("text", NOTES)
def test_a_correction_note_is_known_and_ends_silence(text: str) -> None:
    step = step_between(story(), story(*(one.replace("12/10", "13/10") for one in BODY), text))
    assert K.CORRECTION in step.kinds and not step.is_silent
    assert K.CORRECTION not in step_between(story(*BODY, text), story(BODY[0], "Thêm một đoạn khác.", text)).kinds


@pytest.mark.parametrize("text", NO_NOTES)
def test_what_is_no_correction_note(text: str) -> None:
    assert not has_note(text)
    assert step_between(story(), story(*BODY, text)).is_silent


def test_a_later_time_of_change_ends_silence() -> None:
    first = story()
    changed = "bắt giữ", "tạm giữ"
    later = first.published_at + timedelta(hours=3)
    assert edited(*changed).is_silent
    assert not edited(*changed, modified_at=later).is_silent
    # a template that begins to print the time of publication once more
    assert edited(*changed, modified_at=first.published_at).is_silent
    both = story(modified_at=later), story(BODY[0], modified_at=later)
    assert step_between(*both).is_silent


def test_nothing_changed() -> None:
    step = step_between(story(), story())
    assert step == Step(kinds=frozenset(), removed=0, added=0, is_silent=False)


@pytest.mark.parametrize(
    ("former", "later", "kinds"),
    [
        ("Lúa | 6.500 | ", "Lúa |  | 6.500", {K.FIGURES}),
        ("Lúa | 6.500 | 7.000", "Lúa | 7.000 | 6.500", {K.FIGURES}),
        ("Loại | Sáng | Chiều\nLúa | 6.500 | ", "Loại | Sáng | Chiều\nLúa |  | 6.500", {K.FIGURES}),
        ("Lúa | 6.500 | 7.000", "Lúa | 6.500 | 7.100", {K.FIGURES}),
        ("Lúa | 6.500 | tăng nhẹ", "Lúa | 6.500 | giảm nhẹ", {K.REWORDED}),
    ],
)  # fmt: skip
def test_figures_that_stand_in_other_cells_are_other_figures(former: str, later: str, kinds: set[ChangeKind]) -> None:
    tables = ((*story().body, Block(type="table", text=text)) for text in (former, later))
    one, other = (story(body=body) for body in tables)
    assert step_between(one, other).kinds == kinds
