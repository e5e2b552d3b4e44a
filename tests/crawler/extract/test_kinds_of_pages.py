"""Kinds of pages beside plain news: lists of short news, graphics, video, verse, picture essays, e-magazines."""

# ruff: noqa: E501 - pages and sentences are not broken
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.article import Article
from crawler.declaration.layout import Layout
from crawler.extract import extract

ONE = "Sáng sớm, ghe chở hoa từ Cái Mơn đã cập bến Ninh Kiều, hàng trăm giỏ cúc mâm xôi được chuyền tay lên bờ kè còn ướt sương."
TWO = "Người trồng hoa năm nay bớt lo vì thời tiết thuận, cúc nở đúng hai mươi ba tháng Chạp, giá bán cao hơn năm ngoái một phần tư."
THREE = "Ban quản lý chợ hoa sắp xếp hơn ba trăm lô, không thu phí mặt bằng của những hộ trồng hoa trong vùng mới bị nước mặn lấn."
FOUR = "Đến chiều ba mươi Tết, hoa còn lại sẽ được thành phố mua để trang trí các khu nhà tập thể của công nhân không về quê."
DAY = "<div class=meta><span class=date>Thứ năm, ngày 5-3-2026, 07:05 GMT+7</span></div>"
HEAD = "<html lang=vi><head><title>Chợ hoa xuân</title><meta property='article:published_time' content='2026-03-05T07:05:00+07:00'>"


def read(shown: str, head: str = "", layouts: tuple[Layout, ...] = ()) -> Article:
    page = f"{HEAD}{head}</head><body><header><a href=/><img src=/logo.png></a></header>{shown}<footer><p>Giấy phép số 5 do cơ quan quản lý cấp; ghi rõ nguồn khi phát hành lại thông tin từ trang này.</p></footer></body></html>"
    return extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), layouts, newspaper="x")


def words(article: Article) -> list[str]:
    said = [block.text for block in article.body if block.type not in ("figure", "related")]
    return said if article.lead is None or article.lead in said[:1] else [article.lead, *said]


def test_short_news_in_a_list_alone_is_a_body() -> None:
    items = "".join(f"<li>{text}</li>" for text in (ONE, TWO, THREE))
    article = read(f"<article><h1>Chợ hoa xuân</h1>{DAY}<div class=nd><ul>{items}</ul></div></article>")
    assert [(block.type, block.text) for block in article.body] == [("list", f"{ONE}\n{TWO}\n{THREE}")]


@pytest.mark.parametrize("cell", ["<td>{}</td>", "<td><p>{}</p></td>"])
def test_text_in_a_table_alone_is_a_body(cell: str) -> None:
    rows = "".join(f"<tr>{cell.format(text)}</tr>" for text in (ONE, TWO, THREE))
    article = read(f"<article><h1>Chợ hoa xuân</h1>{DAY}<table align=center>{rows}</table></article>")
    assert "\n".join(words(article)) == f"{ONE}\n{TWO}\n{THREE}"


def test_a_graphic_is_a_picture_with_its_credit_and_no_date_line_is_its_body() -> None:
    article = read(
        f"<article><h1>Chợ hoa xuân</h1>{DAY}<div class=nd><p style='text-align: center'><img src=/do-hoa.jpg></p>"
        "<p style='text-align: right'><strong>Đồ họa: Hồng Ngự</strong></p></div></article>"
    )
    assert [(block.type, block.text) for block in article.body] == [("figure", "")]
    assert [(image.url, image.credit) for image in article.images] == [("https://x.test/do-hoa.jpg", "Hồng Ngự")]


@pytest.mark.parametrize(
    "player",
    [
        "<iframe src='https://www.youtube.com/embed/xyz'></iframe>",
        "<video><source src='/hoa.mp4'></video>",
        "<div class=player><video data-src='/hoa.mp4'></video></div>",
    ],
)
def test_a_video_is_an_embed_and_no_date_line_is_its_body(player: str) -> None:
    article = read(
        f"<article><h1>Chợ hoa xuân</h1>{DAY}<div class=video>{player}</div><p>Mời bạn đọc xem cảnh chợ hoa sớm nay.</p></article>"
    )
    assert len(article.embeds) == 1
    assert words(article) in ([], ["Mời bạn đọc xem cảnh chợ hoa sớm nay."])


def test_stanzas_keep_their_lines_and_wrapped_prose_does_not() -> None:
    verse = "Hoa theo ghe xuống chợ chiều<br>Người theo con nước bao nhiêu bến bờ<br><br>Cúc vàng như thuở ngây thơ<br>Mẹ ngồi têm lá trầu chờ giao thừa"
    prose = "Chợ hoa năm nay họp sớm hơn<br>mọi năm, bà con ở các cồn<br>chở hoa lên từ rằm"
    article = read(
        f"<article><h1>Chợ hoa xuân</h1><div><p>{ONE}</p><p>{TWO}</p><p>{verse}</p><p>{prose}</p><p>{THREE}</p></div></article>",
        layouts=(Layout(title="h1", published_at="meta[property='article:published_time']", body="article div"),),
    )
    assert words(article) == [
        ONE,
        TWO,
        "Hoa theo ghe xuống chợ chiều\nNgười theo con nước bao nhiêu bến bờ",
        "Cúc vàng như thuở ngây thơ\nMẹ ngồi têm lá trầu chờ giao thừa",
        "Chợ hoa năm nay họp sớm hơn mọi năm, bà con ở các cồn chở hoa lên từ rằm",
        THREE,
    ]


@pytest.mark.parametrize(
    "last", ["<p>Ảnh: Tư Bền</p>", "<p align=right><b>Ảnh: Tư Bền</b></p>", "<p><em>(Ảnh: Tư Bền)</em></p>"]
)
def test_the_last_line_of_a_picture_essay_credits_all_its_pictures(last: str) -> None:
    figures = "".join(
        f"<figure><img src=/{nth}.jpg><figcaption>Góc chợ hoa thứ {nth} lúc mặt trời lên.</figcaption></figure>"
        for nth in (1, 2, 3)
    )
    article = read(f"<article><h1>Chợ hoa xuân</h1><div><p>{ONE}</p><p>{TWO}</p>{figures}{last}</div></article>")
    assert [image.credit for image in article.images] == ["Tư Bền"] * 3
    assert [image.caption for image in article.images] == [
        f"Góc chợ hoa thứ {nth} lúc mặt trời lên." for nth in (1, 2, 3)
    ]
    assert words(article) == [ONE, TWO]


@pytest.mark.parametrize("rules", [True, False])
@pytest.mark.parametrize("arrow", ["►", ">>", "▶ ", "» "])
def test_a_link_behind_an_arrow_is_related(arrow: str, rules: bool) -> None:
    article = read(
        f"<article><h1>Chợ hoa xuân</h1><div class=nd><p>{ONE}</p><p>{arrow}<a href=/b>Giá cúc mâm xôi tăng</a></p><p>{TWO}</p><p>{THREE}</p></div></article>",
        layouts=(Layout(title="h1", published_at="meta[property='article:published_time']", body=".nd"),)
        if rules
        else (),
    )
    assert words(article) == [ONE, TWO, THREE]
    assert [block.text for block in article.body if block.type == "related"] == ["Giá cúc mâm xôi tăng"]


def test_an_e_magazine_keeps_every_chapter_and_its_captions() -> None:
    chapters = "".join(
        f"<section class='chapter chapter-{nth}'><h2>Chương {nth}: Hoa xuống chợ</h2><div class=col>{''.join(f'<p>{text}</p>' for text in texts)}</div>"
        f"<div class='wide'><div class=pic><img src=/{nth}.jpg></div><div class=desc>Ghe hoa thứ {nth} trên đường xuống chợ. Ảnh: Tư Bền</div></div></section>"
        for nth, texts in enumerate(((ONE, TWO, THREE), (FOUR,), (f"{TWO} {FOUR}", f"{THREE} {ONE}")), start=1)
    )
    article = read(f"<div class=emag><div class=cover><h1>Chợ hoa xuân</h1></div>{chapters}</div>")
    assert [text for text in words(article) if not text.startswith("Chương")] == [
        ONE, TWO, THREE, FOUR, f"{TWO} {FOUR}", f"{THREE} {ONE}",
    ]  # fmt: skip
    assert [(image.caption, image.credit) for image in article.images] == [
        (f"Ghe hoa thứ {nth} trên đường xuống chợ.", "Tư Bền") for nth in (1, 2, 3)
    ]


FIGURE = "<figure><img src=/hoa.jpg><figcaption>Ghe hoa cập bến Ninh Kiều. Ảnh: Tư Bền</figcaption></figure>"
TEXT = f"<div class=nd><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></div>"


@pytest.mark.parametrize(
    "shown",
    [
        f"<article><h2 class=title>Chợ hoa xuân</h2>{FIGURE}{TEXT}</article>",
        f"<article><p class=tieu-de><b>Chợ hoa xuân</b></p>{FIGURE}{TEXT}</article>",
        f"<div class=duong-dan><h1>Văn hóa</h1></div><article><h1>Chợ hoa xuân</h1>{FIGURE}{TEXT}</article>",
        f"<article><nav><h1>Chợ hoa xuân</h1></nav><h2>Chợ hoa xuân</h2>{FIGURE}{TEXT}</article>",
        f"<article>{FIGURE}<h1>Chợ hoa xuân</h1>{TEXT}</article>",
        f"<article><div class=hero>{FIGURE}</div><div class=chuyen-muc>Văn hóa</div><h1>Chợ hoa xuân</h1>{TEXT}</article>",
        f"<article><h1>Chợ hoa xuân</h1><aside>{FIGURE}</aside>{TEXT}</article>",
        f"<article><h1>Chợ hoa xuân</h1><img src=/icons/zalo.png><a href='https://news.test'><img src=/img/google-news.png></a>{FIGURE}{TEXT}</article>",
    ],
)
def test_a_leading_picture_is_the_articles_and_no_sign_of_the_site_is(shown: str) -> None:
    article = read(shown)
    assert [(image.url, image.caption, image.credit) for image in article.images] == [
        ("https://x.test/hoa.jpg", "Ghe hoa cập bến Ninh Kiều.", "Tư Bền")
    ]
    assert words(article) == [ONE, TWO, THREE]


def test_a_picture_above_the_headline_without_a_figure_is_known_by_the_pages_own_word() -> None:
    shown = f"<article><img src=/anh/hoa.jpg?w=900><h1>Chợ hoa xuân</h1>{TEXT}</article>"
    assert read(shown).images == ()
    (image,) = read(shown, "<meta property='og:image' content='https://x.test/anh/hoa.jpg'>").images
    assert image.url == "https://x.test/anh/hoa.jpg?w=900"


@pytest.mark.parametrize("rules", [True, False])
def test_the_head_of_an_article_within_its_own_body_is_no_text(rules: bool) -> None:
    head = "<span>Văn hóa</span><h1>Chợ hoa xuân</h1><div class=dong-tin><span>TƯ BỀN</span> <span>•</span> <span>05/03/2026 07:05</span></div>"
    article = read(
        f"<div class=nd><div>{head}</div><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></div>",
        layouts=(Layout(title="h1", published_at="meta[property='article:published_time']", body=".nd"),)
        if rules
        else (),
    )
    assert words(article) == [ONE, TWO, THREE]


def test_an_interviews_question_that_is_asked_again_stays_and_a_copy_of_the_text_goes() -> None:
    asked = "* Năm nay nhà mình trồng được bao nhiêu giỏ và bán có khá hơn năm trước không?"
    laid = f"<p>{ONE}</p><p><b>Chị Ba</b></p><p><em>{asked}</em></p><p>{TWO}</p><p><b>Chị Tư</b></p><p><em>{asked}</em></p><p>{THREE}</p>"
    article = read(
        f"<article><h1>Chợ hoa xuân</h1><div class=may-tinh>{laid}</div><div class=dien-thoai>{laid}</div></article>"
    )
    assert words(article) == [ONE, "Chị Ba", asked, TWO, "Chị Tư", asked, THREE]


@pytest.mark.parametrize(
    "laid",
    [
        "<p align=justify>{0}</p><table><tr><td><img src=/hoa.jpg></td></tr></table><p align=justify>{1}</p><p align=justify>{2}</p>",
        "<p>{0}</p><p><img src=/hoa.jpg></p><p>{1}</p><p>{2}</p>",
        "<p style='text-align: justify'>{0}</p><img src=/hoa.jpg align=center><p style='text-align: left'>{1}</p><p>{2}</p>",
    ],
)
def test_a_table_that_is_centred_makes_no_captions_of_its_paragraphs(laid: str) -> None:
    article = read(
        f"<table align=center><tr><td><h1>Chợ hoa xuân</h1><div class=nd>{laid.format(ONE, TWO, THREE)}</div></td></tr></table>"
    )
    assert words(article) == [ONE, TWO, THREE]
    assert [(image.url, image.caption) for image in article.images] == [("https://x.test/hoa.jpg", None)]


def test_an_article_behind_an_early_end_of_the_page_is_read() -> None:
    article = read(
        f"</body></html><article><h1>Chợ hoa xuân</h1><div><html><body><p>{ONE}</p></body></html><p>{TWO}</p><p>{THREE}</p></div></article>"
    )
    assert words(article) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    "shown",
    [
        "<h1>Chợ hoa xuân</h1><p>{1}</p><p>{2}</p><p>{3}</p>",
        "<h1>Chợ hoa xuân</h1>{1}<br><br>{2}<br><br>{3}",
        "<table align=center><tr><td><h1>Chợ hoa xuân</h1><img src=/hoa.jpg width=500><br>{1}<br><br>{2}<br><br>{3}</td></tr></table>",
        "<table><tr><td><b>Chợ hoa xuân</b></td></tr><tr><td>Mục: Đời sống</td></tr><tr><td><p>{1}</p><p>{2}</p><p>{3}</p></td></tr></table>",
    ],
)
def test_text_is_read_whatever_it_stands_in(shown: str) -> None:
    short = "<div><div>Hôm nay: Chủ nhật mồng hai tháng Ba</div></div>"
    for number, text in enumerate((ONE, TWO, THREE), 1):
        shown = shown.replace(f"{{{number}}}", text)
    assert [one for one in words(read(short + shown)) if len(one) > 40] == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    "shown",
    [
        "<h1>Chợ hoa xuân</h1><div><p>{1}</p></div><div><p>Bình luận</p><ul><li><p>Tư Ngò</p><p>{4}</p></li></ul></div>",
        "<h1>Chợ hoa xuân</h1><div><p>{1}</p></div><section><header>Ý kiến của bạn</header><div><p>{4}</p></div></section>",
    ],
)
def test_comments_below_a_single_paragraph_are_no_text(shown: str) -> None:
    assert words(read(shown.replace("{1}", ONE).replace("{4}", FOUR))) == [ONE]


def test_a_couplet_behind_a_stanza_keeps_its_lines() -> None:
    verse = "<p>Hoa theo ghe xuống chợ chiều<br>Người theo con nước bao nhiêu bến bờ<br>Cúc vàng như thuở ngây thơ</p><p>Mẹ ngồi têm lá trầu chờ<br>Giao thừa gõ cửa bao giờ không hay</p>"
    article = read(f"<h1>Chợ hoa xuân</h1><div><p>{ONE}</p><p>{TWO}</p>{verse}</div>")
    assert words(article)[-1] == "Mẹ ngồi têm lá trầu chờ\nGiao thừa gõ cửa bao giờ không hay"


@pytest.mark.parametrize(
    "shown",
    [
        "<figure><img src=/hoa.jpg><figcaption>Ghe hoa</figcaption></figure><h2>Chợ hoa xuân</h2>{day}<div>{text}</div>",
        "<ul><li><a href=/>Trang chủ</a></li><li><h1>Chợ hoa xuân</h1></li></ul><div><img src=/hoa.jpg width=700></div>{day}<div>{text}</div>",
        "<h1>Chợ hoa xuân</h1>{day}<div>{text}<aside><img src=/hoa.jpg width=700><span>Ghe hoa</span></aside><p>{four}</p></div>",
        "<h1>Chợ hoa xuân</h1>{day}<div><img src=/hoa.jpg width=900></div>",
    ],
)
def test_a_picture_on_a_page_without_wrappers_is_the_articles(shown: str) -> None:
    text = "".join(f"<p>{text}</p>" for text in (ONE, TWO, THREE))
    shown = shown.replace("{day}", DAY).replace("{text}", text).replace("{four}", FOUR)
    assert [image.url for image in read(shown).images] == ["https://x.test/hoa.jpg"]


def test_a_name_in_an_element_right_behind_the_text_signs_it() -> None:
    text = "".join(f"<p>{text}</p>" for text in (ONE, TWO, THREE))
    article = read(f"<h1>Chợ hoa xuân</h1>{DAY}<div class=a1>{text}</div><div class=b7><span>Lê Thị Lụa</span></div>")
    assert [*article.authors] == ["Lê Thị Lụa"]
    assert words(article) == [ONE, TWO, THREE]


@pytest.mark.parametrize("line", ["<b>Lê Thị Lụa</b>", "Bài và ảnh: Lê Thị Lụa", "LÊ THỊ LỤA<br>"])
def test_a_name_behind_a_line_break_signs_the_text(line: str) -> None:
    article = read(f"<h1>Chợ hoa xuân</h1>{DAY}<div><p>{ONE}</p><p>{TWO}</p><p>{THREE}<br>{line}</p></div>")
    assert [*article.authors] == ["Lê Thị Lụa"]
    assert words(article) == [ONE, TWO, THREE]


def test_couplets_keep_their_lines_and_addresses_do_not() -> None:
    couplets = ["Hoa theo ghe xuống chợ chiều<br>Người theo con nước", "Cúc vàng như thuở ngây thơ<br>Mẹ ngồi têm lá"]
    addresses = ["Hội chợ hoa<br>Số 5 đường Bờ Kè", "Nhà văn hóa<br>Số 8 đường Hàng Dừa"]
    shown = "".join(f"<p>{text}</p>" for text in (ONE, *couplets, TWO, *addresses, THREE))
    said = words(read(f"<h1>Chợ hoa xuân</h1>{DAY}<div>{shown}</div>"))
    assert said == [
        ONE, *(text.replace("<br>", "\n") for text in couplets),
        TWO, *(text.replace("<br>", " ") for text in addresses), THREE,
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["data-lazyload", "nitro-lazy-src", "data-ll-src", "data-orig-file"])
def test_a_picture_is_found_in_the_attribute_of_any_loader(name: str) -> None:
    article = read(f"<h1>Chợ hoa</h1>{DAY}<div><p>{ONE}</p><img src=/lazy.png {name}=/hoa.jpg><p>{TWO}</p></div>")
    assert [image.url for image in article.images] == ["https://x.test/hoa.jpg"]


@pytest.mark.parametrize(
    ("told", "head"),
    [("{}", "Đời sống"), ("Gò Nổi Online | Đời sống | {}", "Đời sống"), ("{} » Đời sống » Báo Gò Nổi", "Báo Gò Nổi")],
)
def test_a_heading_that_machines_are_told_goes_before_an_h1_of_the_section(told: str, head: str) -> None:
    title = "Ghe hoa Cái Mơn cập bến Ninh Kiều từ sáng sớm"
    page = f"<html lang=vi><head><title>{told.format(title)}</title></head><body><h1>{head}</h1><h2>{title}</h2>{DAY}<div><p>{ONE}</p><p>{TWO}</p></div>"
    article = extract(page.encode(), "https://baogonoi.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="x")
    assert article.title == title


def test_a_line_of_networks_is_no_text_and_what_somebody_shares_is() -> None:
    said = "Chia sẻ: “Nghề trồng hoa nuôi tôi lớn.”"
    shown = (
        f"<p>{ONE}</p><p>{said}</p><p>{TWO}</p><p><b>Lê Thị Lụa</b></p><div>Chia sẻ: <a href=#>Facebook</a>, Zalo</div>"
    )
    article = read(f"<h1>Chợ hoa xuân</h1>{DAY}<div>{shown}</div>")
    assert words(article) == [ONE, said, TWO]
    assert [*article.authors] == ["Lê Thị Lụa"]


@pytest.mark.parametrize("heading", ["<h3>Ý kiến</h3>", "<p><b>Thảo luận</b></p>"])
def test_a_heading_within_the_text_opens_no_discussion(heading: str) -> None:
    article = read(f"<h1>Chợ hoa xuân</h1>{DAY}<div><p>{ONE}</p>{heading}<p>{TWO}</p><p>{THREE}</p></div>")
    assert [one for one in words(article) if len(one) > 40] == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    "head",
    [
        "<div><img src=/bia.jpg width=900></div>",
        "<div id=top><figure><img src=/bia.jpg></figure></div><div>Thứ tư</div>",
    ],
)
def test_a_picture_in_the_pages_head_is_not_the_articles(head: str) -> None:
    page = f"{head}<h1>Chợ hoa xuân</h1>{DAY}<div><p>{ONE}</p><p>{TWO}</p></div>"
    assert read(page).images == ()
