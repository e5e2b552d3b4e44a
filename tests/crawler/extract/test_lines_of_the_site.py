"""Pages without rules: the site's own lines amid a text go, its sentences, subheads and standfirst stay, and text that
the page is filled with by a script is found."""

# ruff: noqa: E501 - pages and sentences are not broken
from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from archive.article import Article
from crawler.extract import extract
from crawler.extract.generic.notices import is_notice, is_pointer

TITLE = "Xóm lò gạch đỏ lửa trở lại"
TEXTS = (
    "Sau mười năm nguội lạnh, dãy lò gạch dọc kênh Thầy Cai lại nhả khói từ đầu tháng này, khi mấy nhà trong xóm góp vốn dựng lại hai miệng lò.",
    "Bà Út Nhàn, người giữ lò lâu nhất xóm, nói đất sét năm nay chở từ bên kia sông về, giá cao hơn trước nhưng gạch ra lò chắc và đều màu hơn hẳn.",
    "Ban ngày xóm làm gạch xây nhà, ban đêm lớp trẻ nặn thử chậu kiểng và đèn đất để bán cho khách ghé thăm, mỗi tuần được vài chục món.",
    "Xã đang tính mở một bến ghe nhỏ để khách vào tận nơi, song bà con còn bàn cãi chuyện khói bụi và chỗ đổ tro sau mỗi mẻ lửa.",
)
HEAD = f"<html lang='vi'><head><meta property='og:title' content='{TITLE}'><meta property='article:published_time' content='2026-03-07T08:06:00+07:00'>"


def read(shown: str, head: str = "") -> Article:
    page = f"{HEAD}{head}</head><body>{shown}</body></html>"
    return extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="x")


def words(article: Article) -> list[str]:
    return [block.text for block in article.body if block.type != "figure"]


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


NOTICES = [
    "Theo dõi Báo Ấp Bắc trên Google News", "Mời bạn đọc theo dõi kênh Zalo của báo để nhận tin mới qua Zalo",
    "Đăng ký nhận bản tin hằng ngày của chúng tôi", "Sign up for our newsletter and never miss a story.",
    "The best of the week, in your inbox: subscribe to our free newsletter", "Follow us on Facebook and Instagram",
    "© Báo Ấp Bắc, giữ bản quyền nội dung", "Copyright 2026, The Paper", "toasoan@baoapbac.example",
    "https://facebook.com/baoapbac", "$$ARTICLE_AD$$", "{{ related }}", "Giọng nữ", "Cỡ chữ", "Về đầu trang",
    "If you buy something using these links, we may earn a commission.", "Like this story? Share it with a friend!",
]  # fmt: skip
PROSE = [
    "Nghi phạm theo dõi nạn nhân trên Facebook suốt ba tháng rồi mới hẹn gặp ở bến xe.",
    "Bản tin hằng ngày của đài huyện phát lúc năm giờ chiều, bà con nghe rồi mới đi ghe về.",
    "Anh đăng ký học nghề ngay tuần sau, khi lớp nặn gốm đầu tiên của xã khai giảng.",
    "The union said in its newsletter that the strike would end on Friday.",
    "Theo dõi vườn ươm suốt một mùa, anh Hai thấy giống mới chịu mặn tốt hơn giống cũ.",
    "Chị gửi thư về địa chỉ toasoan@baoapbac.example nhưng chưa được trả lời.",
    "Bản quyền bài hát thuộc về gia đình nhạc sĩ, và mọi đoàn hát đều xin phép trước khi dựng lại vở cũ, dù có khi chỉ mượn một đoạn ngắn để mở màn cho đêm diễn ở sân đình.",
]  # fmt: skip


@pytest.mark.parametrize("line", NOTICES)
def test_a_line_of_the_site_amid_the_text_goes(line: str) -> None:
    assert is_notice(line)
    text = f"{paragraphs(*TEXTS[:2])}<p>{line}</p>{paragraphs(*TEXTS[2:])}"
    assert words(read(f"<h1>{TITLE}</h1><div class=khung>{text}</div>")) == list(TEXTS)


@pytest.mark.parametrize("line", PROSE)
def test_a_sentence_that_speaks_of_such_things_stays(line: str) -> None:
    assert not is_notice(line) and not is_pointer(line)
    text = f"{paragraphs(*TEXTS[:2])}<p>{line}</p>{paragraphs(*TEXTS[2:])}"
    assert line in words(read(f"<h1>{TITLE}</h1><div class=khung>{text}</div>"))


@pytest.mark.parametrize("line", ["Xem thêm:", "Tin liên quan", "Bạn có thể quan tâm", "Read more", "Lesen Sie auch:"])
def test_a_line_above_links_that_are_left_out_goes_with_them(line: str) -> None:
    link = "<p><a href=/b>Người giữ nghề nung gạch cuối cùng bên kênh Thầy Cai kể chuyện đời</a></p>"
    text = f"{paragraphs(*TEXTS[:2])}<p><strong>{line}</strong></p>{link}{paragraphs(*TEXTS[2:])}"
    assert [one for one in words(read(f"<h1>{TITLE}</h1><div>{text}</div>")) if one in (*TEXTS, line)] == list(TEXTS)


def test_what_holds_the_headline_is_no_advertisement_whatever_it_is_called() -> None:
    text = "<p>Xóm lò gạch bên kênh Thầy Cai đỏ lửa trở lại từ đầu tháng, sau mười năm.</p><p>Hai miệng lò đầu tiên ra gạch hôm rằm.</p>"
    page = f"<div class='top'><p>Thông báo</p></div><div class='page-wrapper ad-frame'><h1>{TITLE}</h1><div>{text}</div></div>"
    assert words(read(page)) == [
        "Xóm lò gạch bên kênh Thầy Cai đỏ lửa trở lại từ đầu tháng, sau mười năm.",
        "Hai miệng lò đầu tiên ra gạch hôm rằm.",
    ]


def test_subheads_stay_whatever_their_class_is_called() -> None:
    text = "".join(
        f"<h5 class='time nho'>{clock}: {head}</h5><p>{body}</p>"
        for clock, head, body in zip(
            ("5h10", "6h30", "7h00", "9h15"), ("Nhóm lò", "Ghe đất về", "Khách tới", "Mở lò"), TEXTS, strict=True
        )
    )
    heads = ["5h10: Nhóm lò", "6h30: Ghe đất về", "7h00: Khách tới", "9h15: Mở lò"]
    found = words(read(f"<h1>{TITLE}</h1><div class=khung>{text}</div>"))
    assert [one for one in found if one in heads[1:]] == heads[1:] and [one for one in found if one in TEXTS] == list(
        TEXTS
    )


def test_a_standfirst_of_several_lines_is_whole_and_a_kicker_is_none_of_it() -> None:
    lines = [
        "Lửa lò cháy lại bên kênh Thầy Cai từ đầu tháng ba.",
        "Người trẻ trong xóm nặn thêm đèn đất để bán cho khách phương xa.",
    ]
    page = f"""<div class=tren>Làng nghề</div><h1>{TITLE}</h1><div class='sapo'>{paragraphs(*lines)}</div>
    <div class=tac-gia>Bài và ảnh</div><div class=khung>{paragraphs(*TEXTS)}</div>"""
    article = read(page)
    assert article.lead == lines[0] and words(article) == [lines[1], *TEXTS]


def test_a_sentence_of_which_most_is_a_link_stays() -> None:
    text = f"<p>{TEXTS[0]}</p><p>Hồi đó <a href=/b>chuyện hai anh em nhà họ Võ bán ghe, bán ruộng để dựng miệng lò đầu tiên của xóm</a> ai nghe cũng bảo là liều, và chẳng ai ngờ có ngày nay.</p>"
    found = words(read(f"<h1>{TITLE}</h1><div>{text}{paragraphs(*TEXTS[1:])}</div>"))
    assert any(one.startswith("Hồi đó chuyện hai anh em") for one in found)


FILLED = f'<p>{TEXTS[0]}</p><figure><img src="/lo.jpg"><figcaption>Miệng lò thứ hai lúc nhóm lửa.</figcaption></figure>{paragraphs(*TEXTS[1:])}'
STATE = {"bai": {"tieuDe": TITLE, "noiDung": FILLED, "lienQuan": ["<p>Tin khác</p>"]}}


@pytest.mark.parametrize(
    "script",
    [
        f"window.__STATE__ = {json.dumps(STATE)};",
        f"window.__STATE__ = {json.dumps(STATE, ensure_ascii=False).replace('<', chr(92) + 'u003c')};",
        f"self.phan.push([1, {json.dumps('7:' + json.dumps(STATE))}])",
        f"document.querySelector('#bai').innerHTML = `{FILLED}`;",
    ],
    ids=["JSON", "escaped", "JSON within a string", "template literal"],
)
def test_text_that_a_script_fills_the_page_with_is_read(script: str) -> None:
    article = read(f"<h1>{TITLE}</h1><div id=bai></div><script>{script}</script>")
    assert words(article) == list(TEXTS)
    assert [(one.url, one.caption) for one in article.images] == [
        ("https://x.test/lo.jpg", "Miệng lò thứ hai lúc nhóm lửa.")
    ]


def test_what_scripts_hold_besides_the_text_that_a_page_shows_is_not_read() -> None:
    other = paragraphs(*(text.replace("gạch", "gốm") for text in TEXTS))
    article = read(f"<h1>{TITLE}</h1><div>{paragraphs(*TEXTS)}</div><script>var khac = {json.dumps(other)};</script>")
    assert words(article) == list(TEXTS)


def test_the_text_of_json_ld_is_read_where_the_page_shows_none_and_is_doubted() -> None:
    linked = json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(TEXTS)})
    article = read(f"<h1>{TITLE}</h1><div id=bai></div>", f"<script type='application/ld+json'>{linked}</script>")
    assert words(article) == list(TEXTS)
    assert article.confidence["body"] < 0.8 and "body" in article.doubts


def test_a_hostile_script_is_looked_through_in_time() -> None:
    script = '"' * 200_000 + "<p>" + '"\\' * 200_000 + "`" * 200_000
    with pytest.raises(Exception, match="body"):
        read(f"<h1>{TITLE}</h1><script>{script}</script>")


def test_the_end_that_two_titles_share_is_the_sites_name() -> None:
    head = "<title>Lò gạch bên kênh Thầy Cai đỏ lửa | Ấp Bắc số</title><meta name='twitter:title' content='Xóm lò gạch trở lại nghề | Ấp Bắc số'>"
    page = f"<html lang='en'><head>{head}<meta property='og:title' content='Xóm lò gạch trở lại nghề | Ấp Bắc số'><meta property='article:published_time' content='2026-03-07T08:06:00+07:00'></head><body><h1>Lò gạch bên kênh Thầy Cai đỏ lửa</h1><div>{paragraphs(*TEXTS)}</div></body></html>"
    article = extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="x")
    assert "Ấp Bắc số" not in article.title


PICTURE = "<img src='/qc/{}.jpg' width=600 height=400>"


@pytest.mark.parametrize(
    "advertising",
    [
        "<div class='quang-cao'><a href='http://mua.example/2'>{}</a></div>",
        "<div class='qc-giua'>{}</div>",
        "<p><a href='http://mua.example/2' rel='nofollow sponsored'>{}</a></p>",
        "<div><a href='http://mua.example/2' rel='sponsored'><span>{}</span></a></div>",
        "<p><a href='http://mua.example/'>{}</a></p>",
    ],
)
def test_a_picture_of_advertising_amid_the_text_is_none_of_the_article(advertising: str) -> None:
    own = "<figure><img src='/anh/lo-gach.jpg'><figcaption>Miệng lò mới dựng.</figcaption></figure>"
    text = f"{paragraphs(*TEXTS[:2])}{advertising.format(PICTURE.format(1))}{own}{paragraphs(*TEXTS[2:])}"
    article = read(f"<h1>{TITLE}</h1><div class=khung>{text}</div>")
    assert [image.url for image in article.images] == ["https://x.test/anh/lo-gach.jpg"]
    assert words(article) == list(TEXTS)


@pytest.mark.parametrize("link", ["http://x.test/", "https://www.x.test", "http://luu.example/lo-gach.jpg", "/"])
def test_a_picture_that_leads_to_its_own_site_or_to_a_file_is_the_articles(link: str) -> None:
    text = f"{paragraphs(*TEXTS[:2])}<p><a href='{link}'>{PICTURE.format(1)}</a></p>{paragraphs(*TEXTS[2:])}"
    assert read(f"<h1>{TITLE}</h1><div class=khung>{text}</div>").images


def test_a_picture_that_shows_advertising_is_the_articles() -> None:
    text = f"{paragraphs(*TEXTS[:2])}<div class='quang-cao'>{PICTURE.format(1)}<p>Tấm biển quảng cáo đầu ngõ.</p></div>"
    article = read(f"<h1>{TITLE}</h1><div class=khung>{text}{paragraphs(*TEXTS[2:])}</div>")
    assert [image.url for image in article.images] == ["https://x.test/qc/1.jpg"]


@pytest.mark.parametrize("name", ["tac-gia-box", "box-tac-gia", "thong-tin-tac-gia", "author-box"])
def test_the_portrait_of_the_writer_below_the_text_is_none_of_the_article(name: str) -> None:
    about = (
        f"<div class='{name}'><img class=avatar src='/avatar/5.jpg' alt='Lê Thu'><span>Lê Thu, phóng viên</span></div>"
    )
    article = read(f"<h1>{TITLE}</h1><div class=khung>{paragraphs(*TEXTS)}{about}</div>")
    assert not article.images
