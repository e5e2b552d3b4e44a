"""The kinds of blocks, captions without figure elements, bylines within the body; all words are our own."""

from __future__ import annotations

import attrs
import pytest

from crawler.extract.body.blocks import Body, read_body
from crawler.extract.body.pieces import Marks, pieces_of
from crawler.extract.page import open_page
from crawler.extract.selectors import elements

SIGNED = "p[style*='text-align: right']"


def body_of(markup: str, byline: str | None = SIGNED, title: str | None = None, **named: str) -> Body:
    page = open_page(f"<div id=b>{markup}</div>".encode(), "https://baothu.test/x/", {})
    container = elements(page.root, "#b")[0]
    marks = Marks(byline=set(elements(page.root, byline)))
    for name, css in named.items():
        marks = attrs.evolve(marks, **{name: set(elements(page.root, css))})
    return read_body(pieces_of(container, page, marks), title, signed_outside=False)


def blocks_of(markup: str, **named: str) -> list[tuple[str, str]]:
    return [(block.type, block.text) for block in body_of(markup, **named).blocks]


PICTURE = '<p style="text-align: center;"><img class="zoomimg" alt="" src="/a.jpg"></p>'


@pytest.mark.parametrize(
    ("markup", "blocks"),
    [
        ("<p>Một.</p><p>Hai.</p>", [("paragraph", "Một."), ("paragraph", "Hai.")]),
        ("<div>Một.</div>Hai.", [("paragraph", "Một."), ("paragraph", "Hai.")]),
        ("Một.<br>vẫn một.<br><br>Hai.", [("paragraph", "Một. vẫn một."), ("paragraph", "Hai.")]),
        ("<p>Một.</p><h2>Đầu đề</h2>", [("paragraph", "Một."), ("heading", "Đầu đề")]),
        ("<p>Một.</p><p><strong>Đầu đề</strong></p>", [("paragraph", "Một."), ("heading", "Đầu đề")]),
        ("<p><b>Lời dẫn in đậm</b></p><p>Hai.</p>", [("paragraph", "Lời dẫn in đậm"), ("paragraph", "Hai.")]),
        ("<p>Một.</p><p><b>Câu in đậm.</b></p>", [("paragraph", "Một."), ("paragraph", "Câu in đậm.")]),
        ("<blockquote><p>Lời kể.</p></blockquote>", [("quote", "Lời kể.")]),
        ("<ul><li>Một</li><li><p>Hai</p> ba</li></ul>", [("list", "Một\nHai ba")]),
        ("<ol><li>Một<ul><li>Trong</li></ul></li><li>Hai</li></ol>", [("list", "Một\nTrong\nHai")]),
        (
            "<table><tr><th>Xã</th><th>Hộ</th></tr><tr><td>An Hòa</td><td>12</td></tr></table>",
            [("table", "Xã | Hộ\nAn Hòa | 12")],
        ),
        ("<table><tr><td><p>Trong khung.</p></td></tr></table>", [("paragraph", "Trong khung.")]),
        ("<p>M<b>ộ</b>t <a href=x>hai</a>&nbsp;\n ba</p>", [("paragraph", "Một hai ba")]),
        ("<p>Một.</p><script>var x</script><form><p>Gửi ý kiến</p></form>", [("paragraph", "Một.")]),
        ("<p>Một.</p><p>&nbsp;</p><p></p>", [("paragraph", "Một.")]),
    ],
)
def test_blocks(markup: str, blocks: list[tuple[str, str]]) -> None:
    assert blocks_of(markup) == blocks


CAPTION_FORMS = [
    PICTURE + '<p style="text-align: center;"><em><span>Bến đò sớm mai. Ảnh: X.T</span></em></p>',
    PICTURE + "<p><i>Bến đò sớm mai. Ảnh: X.T</i></p>",
    PICTURE + "<p>Bến đò sớm mai. Ảnh: X.T</p>",
    PICTURE + '<p align="center">Bến đò sớm mai. (Ảnh: X.T)</p>',
    PICTURE + '<div class="chuthich">Bến đò sớm mai. Ảnh: X.T</div>',
    PICTURE + '<p style="text-align:center"><em>Bến đò sớm mai.</em></p><p><em>Ảnh: X.T</em></p>',
    '<p style="text-align: center"><img src="/a.jpg"><br><em>Bến đò sớm mai. Ảnh: X.T</em></p>',
    '<figure><img src="/a.jpg"><figcaption>Bến đò sớm mai. Ảnh: X.T</figcaption></figure>',
    '<figure><img src="/a.jpg"><figcaption>Bến đò sớm mai. <span>Ảnh: X.T</span></figcaption></figure>',
    '<table class="picture"><tr><td class="pic"><img src="/a.jpg"></td></tr>'
    '<tr><td class="pCaption caption">Bến đò sớm mai. Ảnh: X.T</td></tr></table>',
    '<table align="center"><tr><td><img src="/a.jpg"></td></tr><tr><td>Bến đò sớm mai. Ảnh: X.T</td></tr></table>',
    '<div class="wp-caption"><a href="/a.jpg"><img src="/a.jpg"></a><p>Bến đò sớm mai. Ảnh: X.T</p></div>',
]


@pytest.mark.parametrize("figure", CAPTION_FORMS)
def test_a_caption_is_never_a_paragraph(figure: str) -> None:
    body = body_of(f"<p>Trước.</p>{figure}<p>Sau.</p>")
    assert [(block.type, block.text) for block in body.blocks] == [
        ("paragraph", "Trước."),
        ("figure", "Bến đò sớm mai."),
        ("paragraph", "Sau."),
    ]
    (image,) = body.images
    assert (image.url, image.caption, image.credit, image.position) == (
        "https://baothu.test/a.jpg",
        "Bến đò sớm mai.",
        "X.T",
        1,
    )


def test_an_ordinary_paragraph_behind_a_picture_stays_one() -> None:
    body = body_of(PICTURE + '<p style="text-align: justify;">Nước lên, bà con dời ghe vào trong rạch.</p>')
    assert [block.type for block in body.blocks] == ["figure", "paragraph"]
    assert body.images[0].caption is None
    assert body.blocks[0].text == ""


def test_each_picture_takes_its_own_caption() -> None:
    cells = "".join(f'<tr><td><img src="/{n}.jpg"></td></tr><tr><td class="caption">Ảnh {n}</td></tr>' for n in (1, 2))
    body = body_of(f"<p>Trước.</p><table>{cells}</table>")
    assert [(image.caption, image.position) for image in body.images] == [("Ảnh 1", 1), ("Ảnh 2", 2)]


def test_pictures_in_a_row_take_the_captions_in_the_row_below() -> None:
    body = body_of(
        '<table><tr><td><img src="/1.jpg"></td><td><img src="/2.jpg"></td></tr>'
        '<tr><td class="caption">Bến trên. Ảnh: X.T</td><td class="caption">Bến dưới.</td></tr></table>'
    )
    assert [(image.caption, image.credit) for image in body.images] == [("Bến trên.", "X.T"), ("Bến dưới.", None)]


def test_a_caption_of_two_lines_is_one() -> None:
    body = body_of('<figure><img src="/1.jpg"><figcaption><p>Bến trên.</p><p>Bến dưới.</p></figcaption></figure>')
    assert [block.text for block in body.blocks] == ["Bến trên. Bến dưới."]


def test_a_caption_whose_picture_has_no_address_is_no_paragraph() -> None:
    body = body_of('<figure><img src="data:x"><figcaption>Bến đò.</figcaption></figure><p>Sau.</p>')
    assert [block.type for block in body.blocks] == ["figure", "paragraph"]
    assert body.images == ()


@pytest.mark.parametrize(
    ("last", "byline"),
    [
        ('<p style="text-align: right;"><strong>Tin, ảnh: P.Y</strong></p>', "Tin, ảnh: P.Y"),
        (
            '<p style="text-align: right;">Bài: LÊ HÀ</p><p style="text-align: right;">Ảnh: X.T</p>',
            "Bài: LÊ HÀ; Ảnh: X.T",
        ),
        ("<p><strong>XUÂN THƯỞNG</strong></p>", "XUÂN THƯỞNG"),
        ('<p align="right"><b>Chí Linh-BBL</b></p>', "Chí Linh-BBL"),
        ("<p>Hoàng Nam (tổng hợp)</p>", "Hoàng Nam (tổng hợp)"),
        ("<p>Theo TTXVN</p>", "Theo TTXVN"),
    ],
)
def test_the_byline_leaves_the_body(last: str, byline: str) -> None:
    body = body_of(f"<p>Một.</p><p>Hai.</p>{last}")
    assert body.byline == byline
    assert [block.text for block in body.blocks] == ["Một.", "Hai."]


@pytest.mark.parametrize(
    "last", ["<p>Hết.</p>", "<p>Theo đó, xã sẽ làm xong trước mùa mưa.</p>", "<ul><li>LÊ HÀ</li></ul>"]
)
def test_a_last_paragraph_is_no_byline(last: str) -> None:
    body = body_of(f"<p>Một.</p>{last}")
    assert body.byline is None
    assert len(body.blocks) == 2


def test_a_long_paragraph_set_to_the_right_is_no_byline() -> None:
    body = body_of(f'<p>Một.</p><p style="text-align: right;">{"Thơ dài " * 40}</p>')
    assert body.byline is None


def test_related_boxes_and_dropped_parts() -> None:
    markup = (
        '<p>Một.</p><div class="lq"><b>Xem thêm</b><ul><li><a href="/1">Bài khác</a></li><li><a href="/2">Bài nữa</a>'
        '</li></ul></div><div class="qc">Quảng cáo</div><p class="td">Đầu mục</p><div class="tl">Lời nói.</div>'
    )
    assert blocks_of(markup, related=".lq", drop=".qc", heading=".td", quote=".tl") == [
        ("paragraph", "Một."),
        ("related", "Bài khác\nBài nữa"),
        ("heading", "Đầu mục"),
        ("quote", "Lời nói."),
    ]


def test_the_title_repeated_in_the_body_is_left_out() -> None:
    body = body_of("<h1>Đò ngang</h1><p>Một.</p>", title="Đò ngang")
    assert [block.type for block in body.blocks] == ["paragraph"]
