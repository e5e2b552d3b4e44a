"""Bodies of pages that no rule knows: what surrounds an article stays out, captions find their pictures."""

# ruff: noqa: E501 - pages and sentences are not broken
from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest

from archive.article import Article
from crawler.declaration.layout import Layout
from crawler.extract import extract

FIRST = "Chiều qua bến đò Cái Nai chật người; ai cũng muốn về trước khi trời tối, vì nước ròng thì ghe lớn không cập được bến."
SECOND = (
    "Ông Bảy chèo đò đã ba mươi năm nói rằng năm nay khách đông hơn, bởi cây cầu mới còn chờ dầm và đường tránh thì xa."
)
THIRD = "Xã hứa đến cuối mùa khô sẽ nạo luồng, đặt thêm phao và cho chạy một chuyến đò máy miễn phí dành cho học trò."
HEAD = "<html lang='vi'><head><meta property='og:title' content='Bến đò Cái Nai'><meta property='article:published_time' content='2026-03-07T08:06:00+07:00'>"
BODY = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"


def read(shown: str, head: str = "") -> Article:
    page = f"{HEAD}{head}</head><body>{shown}</body></html>"
    return extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="x")


def words(article: Article) -> list[str]:
    return [block.text for block in article.body if block.type != "figure"]


@pytest.mark.parametrize(
    "around",
    [
        "<div class='box-tin-lien-quan'><p>Tin liên quan: <a href=/b>Cầu Cái Nai lại lỡ hẹn với bà con hai bên bờ sông</a></p></div>{}",
        "{}<div class='binh-luan'><p>Bạn đọc An: đi đò ở đây vừa lâu vừa sợ, mong cầu mau xong cho bà con đỡ khổ, tôi đợi lâu rồi.</p></div>",
        "<nav><p>Trang chủ, Thời sự, Kinh tế, Văn hóa, Thể thao, Giáo dục, Du lịch, Bạn đọc, Nông thôn, Ảnh, Video.</p></nav>{}",
        "<form id='aspnetForm'><div>{}</div></form>",
        "{}<div class='a7'><h4>Cùng chuyên mục</h4><div><a href=/b>Cầu Cái Nai lại lỡ hẹn với bà con</a><div>Nhà thầu xin lùi đến cuối năm, vì thiếu cát san lấp và mặt bằng ở bờ tây còn vướng mấy hộ dân.</div></div><div><a href=/c>Lúa hè thu được mùa ở ba xã ven sông</a><div>Giá tại ruộng nhích thêm vài trăm đồng một ký, bà con phơi lúa dọc hai bên lộ từ sáng tới chiều.</div></div></div>",
        "<div class='code-block code-block-7'><p>Khuyến mãi 70% tại siêu thị Cái Nai.</p></div>{}",
        "<div class='has-sidebar layout'><div class='sidebar-grid'>{}</div></div>",
        "{}<aside><p>Đọc nhiều: giá lúa tăng trở lại sau tết, thương lái đặt cọc sớm ở nhiều cánh đồng ven sông Hậu.</p></aside>",
        "{}<footer><p>Giấy phép số 1 do cơ quan quản lý cấp; ghi rõ nguồn khi phát hành lại thông tin từ trang này, xin cảm ơn.</p></footer>",
        "<div class=content-box>{}</div><p class='visually-hidden'>Hết bài viết, phần dưới đây dành cho trình đọc màn hình.</p>",
    ],
)
def test_what_stands_around_an_article_stays_out(around: str) -> None:
    assert words(read(f"<h1>Bến đò Cái Nai</h1><div class='khung'>{around.format(BODY)}</div>")) == [
        FIRST,
        SECOND,
        THIRD,
    ]


def test_a_body_whose_paragraphs_each_stand_in_a_box_is_whole() -> None:
    boxes = "".join(f"<section><div><p>{text}</p></div></section>" for text in (FIRST, SECOND, THIRD))
    assert words(read(f"<h1>Bến đò Cái Nai</h1><main>{boxes}</main>")) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "figure",
    [
        "<figure><img src=/d.jpg><figcaption>{}</figcaption></figure>",
        "<div class='kk'><img src=/d.jpg><div>{}</div></div>",
        "<div class='widget image-widget'><img src=/d.jpg><p>{}</p></div>",
        "<p><img src=/d.jpg></p><p align=center><em>{}</em></p>",
        "<button><img src=/d.jpg><p class='ImageCaption'>{}</p></button>",
        "<table><tr><td><img src=/d.jpg></td></tr><tr><td>{}</td></tr></table>",
    ],
)
@pytest.mark.parametrize("ahead", [True, False], ids=["ahead of the text", "within"])
def test_a_caption_finds_its_picture_and_is_no_paragraph(figure: str, ahead: bool) -> None:
    caption = "Đò đầy khách cập bến lúc chiều xuống. Ảnh: N.H"
    shown = figure.format(caption)
    body = f"{shown}<div>{BODY}</div>" if ahead else f"<div><p>{FIRST}</p>{shown}<p>{SECOND}</p><p>{THIRD}</p></div>"
    article = read(f"<h1>Bến đò Cái Nai</h1><article>{body}</article>")
    assert words(article) == [FIRST, SECOND, THIRD]
    (image,) = article.images
    assert (image.url, image.caption, image.credit) == (
        "https://x.test/d.jpg",
        "Đò đầy khách cập bến lúc chiều xuống.",
        "N.H",
    )


def test_a_heading_amid_the_text_opens_no_list_of_other_articles() -> None:
    text = f"<p>{FIRST}</p><h3>Xem tiếp</h3><p>{SECOND} <a href=/b>Chuyện kể bên bến đò cũ</a></p><p>{THIRD} <a href=/c>Chuyến đò máy đầu tiên</a></p>"
    assert [said[:20] for said in words(read(f"<h1>Bến đò Cái Nai</h1><article>{text}</article>"))][-2:] == [
        SECOND[:20],
        THIRD[:20],
    ]


def test_a_short_text_beside_a_captioned_picture_is_no_caption() -> None:
    short = [
        "Đò chạy từ năm giờ sáng, mỗi chuyến hai chục người, có áo phao.",
        "Xã hứa nạo luồng trước mùa khô sang năm cho ghe lớn qua lại.",
    ]
    figure = (
        "<p style='text-align:center'><img src=/do.jpg><br><small>Bà con chờ đò ở bến Cái Nai. Ảnh: Lan Anh</small></p>"
    )
    article = read(
        f"<h1>Bến đò Cái Nai</h1><div class=bai>{figure}{''.join(f'<div class=dv>{one}</div>' for one in short)}</div>"
    )
    assert words(article) == short
    assert [(one.caption, one.credit) for one in article.images] == [("Bà con chờ đò ở bến Cái Nai.", "Lan Anh")]


@pytest.mark.parametrize("name", ["TieuDe", "news-title", "tieude_bai"])
def test_a_page_whose_title_is_the_papers_name_has_its_headline_by_its_class(name: str) -> None:
    menu = "".join(f"<a href=/{n}>Mục {n}</a>" for n in range(6))
    page = (
        f"<html><head><title>Báo Cái Nai</title></head><body><form><table><tr><td class='tieude_box'>ĐỌC NHIỀU</td></tr></table>{menu}"
        f"<table><tr><td class='{name}'><b>Bến đò Cái Nai đông khách</b></td></tr><tr><td class=Ngay>07/03/2026 08:06</td></tr>"
        f"<tr><td>{BODY}</td></tr></table></form></body></html>"
    )
    article = extract(
        page.encode(), "https://cainai.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="cainai.test"
    )
    assert (article.title, words(article)) == ("Bến đò Cái Nai đông khách", [FIRST, SECOND, THIRD])


def test_a_short_article_in_a_form_that_holds_the_page_is_read() -> None:
    menu = "".join(f"<a href=/{n}>Mục {n}</a>" for n in range(6))
    assert FIRST in words(
        read(
            f"<form id=aspnetForm>{menu}<h1>Bến đò Cái Nai</h1><div><p>{FIRST}</p><p>Xã hứa nạo luồng.</p></div></form>"
        )
    )


def test_a_standfirst_is_the_lead_and_not_in_the_body() -> None:
    lead = "Cầu chưa xong, đò thành đường duy nhất của hơn hai ngàn hộ dân."
    article = read(f"<h1>Bến đò Cái Nai</h1><h2 class='sapo'>{lead}</h2><div>{BODY}</div>")
    assert article.lead == lead and words(article) == [FIRST, SECOND, THIRD]


def test_links_to_other_articles_between_paragraphs_are_left_out() -> None:
    link = "<p>Xem thêm: <a href=/b>Cầu Cái Nai lại lỡ hẹn</a></p>"
    assert words(read(f"<h1>Bến đò</h1><div><p>{FIRST}</p>{link}<p>{SECOND}</p><p>{THIRD}</p></div>")) == [
        FIRST,
        SECOND,
        THIRD,
    ]


def test_what_json_ld_calls_the_body_is_heard() -> None:
    told = f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{FIRST} {SECOND} {THIRD}"}}</script>'
    shown = "".join(f"<div class=k{nth}>{text}</div>" for nth, text in enumerate((FIRST, SECOND, THIRD)))
    assert words(read(f"<h1>Bến đò Cái Nai</h1><div>{shown}</div>", told)) == [FIRST, SECOND, THIRD]


def test_players_are_embeds_with_their_place() -> None:
    player = "<iframe data-src='//www.youtube.com/embed/abc' src='about:blank'></iframe>"
    article = read(
        f"<h1>Bến đò</h1><div><p>{FIRST}</p>{player}<p>{SECOND}</p><audio src=/a.mp3></audio><p>{THIRD}</p></div>"
    )
    found = [(embed.type, embed.url, embed.position) for embed in article.embeds]
    assert found == [("video", "https://www.youtube.com/embed/abc", 1), ("audio", "https://x.test/a.mp3", 2)]


def test_images_tell_their_alternative_text_and_size() -> None:
    picture = "<p><img data-src=/d.jpg src='data:image/gif;base64,x' alt='Bến  đò' width=640 height='420px'></p>"
    (image,) = read(f"<h1>Bến đò</h1><div><p>{FIRST}</p>{picture}<p>{SECOND}</p><p>{THIRD}</p></div>").images
    assert (image.alt, image.width, image.height, image.position) == ("Bến đò", 640, 420, 1)


def test_a_dateline_is_named_and_stays() -> None:
    article = read(f"<h1>Bến đò</h1><div><p>(CTO) - {FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></div>")
    assert article.dateline == "CTO" and words(article)[0] == f"(CTO) - {FIRST}"


def test_a_foreign_page_keeps_its_offset_and_language() -> None:
    text = "The ferry across the river was full again last night, and nobody could say when the new bridge would open. "
    head = "<meta property='article:published_time' content='2024-05-03T23:30:00-04:00'>"
    page = (
        f"<html lang=en-GB><head>{head}</head><body><h1>Ferry full</h1><div><p>{text}</p><p>{text * 2}</p></div></body>"
    )
    article = extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="x")
    assert (article.language, article.published_at.isoformat()) == ("en", "2024-05-03T23:30:00-04:00")


@pytest.mark.parametrize(
    ("line", "authors", "source"),
    [
        ("Lê Minh (TTXVN)", ("Lê Minh",), "TTXVN"),
        ("(TTXVN/Vietnam+)", (), "TTXVN, Vietnam+"),
        ("Lê Minh/TTXVN", ("Lê Minh",), "TTXVN"),
        ("Lê Minh - Ảnh: Hà An", ("Lê Minh",), None),
        ("Ảnh: HÀ AN", (), None),
        ("LÊ MINH (Tổng hợp từ AFP, Reuters)", ("Lê Minh",), "AFP, Reuters"),
    ],
)
def test_a_last_line_set_apart_that_names_people_is_the_byline(
    line: str, authors: tuple[str, ...], source: str | None
) -> None:
    article = read(f"<h1>Bến đò Cái Nai</h1><div>{BODY}<p style='text-align: right'><strong>{line}</strong></p></div>")
    assert (article.byline, article.authors, article.source) == (line, authors, source)
    assert words(article) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("line", ["Cần Thơ (ngày 8-1)", "Chương trình khép lại lúc nửa đêm (giờ địa phương)"])
def test_a_last_line_set_apart_that_names_nobody_is_no_byline(line: str) -> None:
    article = read(f"<h1>Bến đò Cái Nai</h1><div>{BODY}<p style='text-align: right'>{line}</p></div>")
    assert article.authors == ()


def test_a_credit_behind_the_last_picture_is_no_byline() -> None:
    picture = "<p><img src=/d.jpg></p><p style='text-align: right'><em>Ảnh: Hà An</em></p>"
    article = read(f"<h1>Bến đò Cái Nai</h1><div>{BODY}{picture}</div>")
    assert article.byline is None
    assert [image.credit for image in article.images] == ["Hà An"]


@pytest.mark.parametrize(
    ("behind", "authors"),
    [
        ("<p style='text-align: right'><b>LÊ THỊ HÀ</b></p>", ("Nguyễn Văn An", "Lê Thị Hà")),
        ("<p><em>* Bài viết có tham khảo tài liệu của bến đò.</em></p>", ("Nguyễn Văn An",)),
    ],
)
def test_a_byline_set_to_the_right_may_have_two_lines_or_a_note_behind(behind: str, authors: tuple[str, ...]) -> None:
    signed = "<p style='text-align: right'><b>NGUYỄN VĂN AN</b></p>"
    article = read(f"<h1>Bến đò Cái Nai</h1><div>{BODY}{signed}{behind}</div>")
    assert article.authors == authors
    assert words(article)[:3] == [FIRST, SECOND, THIRD]


def test_a_decomposed_paragraph_is_of_the_body_like_any_other() -> None:
    typed = BODY.replace(SECOND, unicodedata.normalize("NFD", SECOND))
    assert words(read(f"<h1>Bến đò Cái Nai</h1><div class='khung'>{typed}</div>")) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "layouts", [(), (Layout(title="h1", body=".khung"),)], ids=["no layout", "layout without byline"]
)
@pytest.mark.parametrize(
    "line",
    ["<p>{}</p>", "<p><b>{}</b></p>", "<p align=right>{}</p>", "<div class=t9><span>{}</span></div>"],
)
@pytest.mark.parametrize(
    ("signed", "authors", "source"),
    [
        ("Bảo Duy - Kim Thưởng", ("Bảo Duy", "Kim Thưởng"), None),
        ("Lê Thị Bông", ("Lê Thị Bông",), None),
        ("Bài và ảnh: Lê Bông", ("Lê Bông",), None),
        ("Thực hiện: Lê Bông - Minh Út", ("Lê Bông", "Minh Út"), None),
        ("Bài: Lê Bông - Ảnh: Minh Út", ("Lê Bông",), None),
        ("Lê Bông, TTXVN", ("Lê Bông",), "TTXVN"),
        ("L.B", ("L.B",), None),
        ("Theo TTXVN", (), "TTXVN"),
    ],
)
def test_a_plain_name_in_the_last_line_is_the_byline(
    signed: str, authors: tuple[str, ...], source: str | None, line: str, layouts: tuple[Layout, ...]
) -> None:
    page = (
        f"{HEAD}</head><body><h1>Bến đò Cái Nai</h1><div class='khung'>{BODY}{line.format(signed)}</div></body></html>"
    )
    article = extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), layouts, newspaper="x")
    assert (article.authors, article.source, article.byline) == (authors, source, signed)
    assert words(article) == [FIRST, SECOND, THIRD]


def test_a_line_right_behind_the_texts_box_signs_it() -> None:
    article = read(
        f"<main><h1>Bến đò Cái Nai</h1><div class='khung'>{BODY}</div><div class='x'>Lê Thị Bông</div></main>"
    )
    assert (article.authors, words(article)) == (("Lê Thị Bông",), [FIRST, SECOND, THIRD])


@pytest.mark.parametrize("last", ["Hà Nội", "Chia Sẻ", "Mong lắm thay", "Bến đò, 2019", "Ai cũng đợi."])
def test_a_last_line_that_is_no_name_stays_in_the_body(last: str) -> None:
    article = read(f"<h1>Bến đò Cái Nai</h1><div class='khung'>{BODY}<p>{last}</p></div>")
    assert article.authors == ()
    assert article.byline is None
