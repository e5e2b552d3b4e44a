"""Bodies of unknown pages whose markup was changed at random: no paragraph is lost, no comment and caption gets in."""

# ruff: noqa: E501 - pages and sentences are not broken
from __future__ import annotations

import base64
import random
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Article
from crawler.extract import extract
from crawler.extract.class_names import Kind, kind_of_name

PARAGRAPHS = (
    "Con đường đất dẫn vào ấp Cây Me vừa được trải đá, người lớn trẻ nhỏ kéo nhau ra đứng xem chiếc xe lu chạy chuyến cuối.",
    "Bà Sáu Lành bán nước mía đầu ấp kể rằng trước đây mùa mưa xe đạp cũng phải vác, học trò đi học mang dép trong cặp.",
    "Ba mươi bốn hộ dân đã hiến gần hai công đất vườn, có nhà đốn cả hàng dừa mười năm tuổi để con đường được thẳng.",
    "Kinh phí do bà con góp một phần ba, phần còn lại trích từ nguồn vốn xây dựng nông thôn mới của huyện trong năm nay.",
    "Anh Hai Thới, trưởng ấp, cầm cuốn sổ tay ghi từng bao xi măng, từng ngày công, ai hỏi tới cũng giở ra đọc rành rọt.",
    "Chiếc cầu ván bắc qua rạch Cái Tắc cũng được thay bằng cầu bê tông rộng hai mét rưỡi, xe ba bánh chở lúa qua được.",
    "Mùa này thương lái đã vô tận vườn cân chôm chôm, mỗi ký cao hơn ngoài chợ xã một ngàn đồng vì khỏi phải trung chuyển.",
    "Trường tiểu học ở cuối đường năm nay không còn em nào nghỉ buổi chiều khi trời đổ mưa, cô hiệu trưởng vui vẻ cho biết.",
    "Đêm khánh thành, đội đờn ca tài tử của ấp hát tới khuya, mấy ông già ngồi uống trà bàn chuyện trồng hoa hai bên lề.",
    "Sang năm bà con tính kéo điện thắp sáng công cộng, mỗi nhà lo một bóng đèn trước ngõ để đi lại ban đêm cho an toàn.",
)
COMMENTS = tuple(
    f"Tôi ở gần đó nên biết rõ chuyện này, chúc mừng bà con, mong nơi tôi ở cũng sớm được như vậy, lời nhắn gửi số {nth} trong ngày."
    for nth in range(40)
)
CAPTION = "Xe lu chạy chuyến cuối trên đường ấp"
HEAD = "<html lang=vi><head><title>Đường mới về ấp Cây Me</title><meta property='article:published_time' content='2026-03-07T08:06:00+07:00'></head>"


def read(shown: str) -> Article:
    page = f"{HEAD}<body>{shown}</body></html>"
    return extract(page.encode(), "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), (), newspaper="x")


def words(article: Article) -> list[str]:
    said = [block.text for block in article.body if block.type != "figure"]
    return said if article.lead is None or article.lead in said[:1] else [article.lead, *said]


Drawn = Callable[[random.Random], str]
IDS: tuple[Drawn, ...] = (
    lambda chance: str(uuid.UUID(int=chance.getrandbits(128))),
    lambda chance: f"block-{uuid.UUID(int=chance.getrandbits(128))}",
    lambda chance: f"{chance.getrandbits(40):010x}",
    lambda chance: base64.urlsafe_b64encode(chance.randbytes(9)).decode(),
    lambda chance: f"css-{base64.b32encode(chance.randbytes(4)).decode().strip('=').lower()}",
    lambda chance: (
        f"ad{chance.randrange(16):x}{chance.getrandbits(20):05x}-ad11-4e4e-ads0-{chance.getrandbits(48):012x}"
    ),
)
LAID: tuple[Callable[[str, str], str], ...] = (
    lambda text, drawn: f"<p>{text}</p>",
    lambda text, drawn: f"<div id='{drawn}'><p>{text}</p></div>",
    lambda text, drawn: f"<p id='{drawn}' align=justify>{text}</p>",
    lambda text, drawn: f"<section class='{drawn}'><div><p>{text}</p></div></section>",
    lambda text, drawn: f"<div class='{drawn}'>{text}</div>",
    lambda text, drawn: f"<table id='{drawn}' width='100%'><tr><td>{text}</td></tr></table>",
    lambda text, drawn: f"<table align=center><tr><td><p>{text}</p></td></tr></table>",
    lambda text, drawn: f"<p><span style='font-size: 14px'>{text}</span></p>",
)
FIGURES = (
    "<figure><img src=/{n}.jpg><figcaption>{c}</figcaption></figure>",
    "<div class='wp-caption'><img src=/{n}.jpg><p class='wp-caption-text'>{c}</p></div>",
    "<table align=center><tr><td><img src=/{n}.jpg></td></tr><tr><td align=center>{c}</td></tr></table>",
    "<div class=khung><a href=/{n}.jpg><img src=/{n}.jpg></a><div>{c}</div></div>",
    "<div class=media-block><div><picture><img src=/{n}.jpg></picture></div><div><span>{c}</span><span class=credit>Ảnh: T.L</span></div></div>",
    "<p align=center><img src=/{n}.jpg></p><p align=center><em>{c}</em></p>",
    "<p><img src=/{n}.jpg alt='{c}'></p><p>{c}</p>",
    "<figure><div><img src=/{n}.jpg></div><div><span>{c}</span></div></figure>",
    "<aside><figure><img src=/{n}.jpg><figcaption>{c}</figcaption></figure></aside>",
)
DISCUSSIONS = (
    "<div class='comment-list'>{}</div>",
    "<div id='binh-luan'>{}</div>",
    "<section class='box_ykien'><h3>Ý kiến bạn đọc</h3>{}</section>",
    "<div><h3>Bình luận (40)</h3>{}</div>",
    "<div class='x1'><span>Ý kiến của bạn</span></div><div class='x2'>{}</div>",
    "<article class='comment'>{}</article>",
    "<ul itemscope itemtype='https://schema.org/Comment'>{}</ul>",
    "<div class='poll-box'><p>Thăm dò</p>{}</div>",
)


def body_of(chance: random.Random, paragraphs: Sequence[str], hidden: int, pictures: int) -> str:
    """The paragraphs, so many of the last hidden until the reader asks for more, with pictures between them."""
    laid, drawn = chance.choice(LAID), chance.choice(IDS)
    parts = [laid(text, drawn(chance)) for text in paragraphs]
    for nth in range(pictures):
        figure = chance.choice(FIGURES).format(n=nth, c=f"{CAPTION}, góc nhìn thứ {nth + 1}.")
        parts.insert(chance.randrange(1, len(parts) - hidden), figure)
    if hidden:
        how = chance.choice(("hidden", "style='display: none'", "class='read-more-content' aria-hidden=true"))
        parts[-hidden:] = [f"<div {how}>{''.join(parts[-hidden:])}</div>"]
    return f"<div class='{chance.choice(('nd', 'text', 'noi-dung', drawn(chance)))}'>{''.join(parts)}</div>"


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(4, len(PARAGRAPHS)),
    hidden=st.sampled_from([0, 0, 2, 3]),
    pictures=st.integers(0, 3),
    comments=st.sampled_from([0, 1, 5, 12, 40]),
    heading=st.sampled_from(["h1", "h2", "div"]),
)
def test_every_paragraph_is_read_and_no_comment_whatever_the_markup(
    seed: int, count: int, hidden: int, pictures: int, comments: int, heading: str
) -> None:
    chance = random.Random(seed)
    paragraphs = PARAGRAPHS[:count]
    discussion = "".join(
        f"<div class='item'><b>Bạn đọc {nth}</b><p>{text}</p></div>" for nth, text in enumerate(COMMENTS[:comments])
    )
    shown = (
        f"<header><a href=/><img src=/logo.png></a></header><article><{heading} class=title>Đường mới về ấp Cây Me</{heading}>"
        f"{body_of(chance, paragraphs, hidden if hidden < count - 1 else 0, pictures)}"
        f"{chance.choice(DISCUSSIONS).format(discussion) if comments else ''}</article>"
        "<footer><p>Giấy phép xuất bản số 11 do cơ quan quản lý cấp; ghi rõ nguồn khi phát hành lại thông tin từ trang này.</p></footer>"
    )
    article = read(shown)
    assert words(article) == list(paragraphs)
    for image in article.images:
        assert image.caption == f"{CAPTION}, góc nhìn thứ {int(image.url[-5]) + 1}."
    assert len(article.images) == pictures


@pytest.mark.parametrize("drawn", IDS)
def test_no_identifier_drawn_at_random_names_boilerplate(drawn: Drawn) -> None:
    chance = random.Random(11)
    assert not [name for name in (drawn(chance) for _ in range(20_000)) if kind_of_name(name) is not None]


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("ad-banner", Kind.ADVERT),
        ("ads300x250", Kind.ADVERT),
        ("div-gpt-ad-1234567-0", Kind.ADVERT),
        ("adSlot", Kind.ADVERT),
        ("article-comments", Kind.DISCUSSION),
        ("commentsList x8k3f", Kind.DISCUSSION),
        ("box_binhluan", Kind.DISCUSSION),
        ("has-comments", None),
        ("single comments-open", None),
        ("tham-do-2", Kind.DISCUSSION),
        ("sidebar2", Kind.PERHAPS),
        ("related-a83bf12c", Kind.PERHAPS),
        ("footer", Kind.SURELY),
        ("visually-hidden", Kind.UNSEEN),
        ("gradient adagio", None),
    ],
)
def test_the_words_of_a_name_say_what_an_element_is(named: str, kind: Kind | None) -> None:
    assert kind_of_name(named) is kind


@pytest.mark.parametrize(
    "name", ["share-content", "elementor-widget-text-editor", "no-sidebar", "x7 ad-hoc", "hidden-xs", "tags-content"]
)
@pytest.mark.parametrize("first", [3, 4])
def test_the_second_half_in_an_element_that_one_reader_takes_for_boilerplate_is_text(name: str, first: int) -> None:
    halves = [[f"<p>{text}</p>" for text in part] for part in (PARAGRAPHS[:first], PARAGRAPHS[first:])]
    shown = f"<h1>Đường mới về ấp Cây Me</h1><div class=nd>{''.join(halves[0])}<div class='{name}'>{''.join(halves[1])}</div></div>"
    assert words(read(f"<div><div>{shown}</div></div>")) == list(PARAGRAPHS)


def test_questions_and_answers_in_a_list_of_definitions_are_text() -> None:
    amid = "".join(f"<dt>{PARAGRAPHS[nth]}</dt><dd>{PARAGRAPHS[nth + 1]}</dd>" for nth in (2,))
    around = [f"<p>{text}</p>" for text in PARAGRAPHS]
    shown = (
        f"<h1>Đường mới về ấp Cây Me</h1><div class=nd>{''.join(around[:2])}<dl>{amid}</dl>{''.join(around[4:])}</div>"
    )
    assert words(read(f"<div>{shown}</div>")) == list(PARAGRAPHS)


def test_hidden_paragraphs_at_the_end_are_text() -> None:
    shown = "".join(f"<p{' style=display:none' if nth > 3 else ''}>{text}</p>" for nth, text in enumerate(PARAGRAPHS))
    assert words(read(f"<div><h1>Đường mới về ấp Cây Me</h1><div class=nd>{shown}</div></div>")) == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "one",
    [
        "<div><b>{name}</b><p>{said}</p><span>0{nth}/03/2026 2{nth}:11</span></div>",
        "<div class='a{nth}'><div>{name}</div><div>{said}</div><div>Thích · Trả lời · {nth} giờ</div></div>",
        "<ul><li><img src=/av.png><p>{name} • {nth} giờ trước</p><p>{said}</p><button>Trả lời</button></li>",
        "<article><h4>{name}</h4><time>0{nth}/03/2026 20:11</time><p>{said}</p></article>",
        "<li><strong>{name}</strong> - 2{nth}:11 0{nth}/03/2026<br>{said}</li>",
        "<tr><td>{name}<br>0{nth}/03/2026</td><td>{said}</td></tr>",
    ],
)
@pytest.mark.parametrize("own", [2, 5])
def test_a_row_of_comments_that_nothing_names_is_no_body(one: str, own: int) -> None:
    row = "".join(one.format(name=f"Tám Lúa {nth}", said=said, nth=nth) for nth, said in enumerate(PARAGRAPHS[5:], 1))
    held = {"<li": f"<ul>{row}</ul>", "<tr": f"<table>{row}</table>"}.get(one[:3], row)
    text = "".join(f"<p>{text}</p>" for text in PARAGRAPHS[:own])
    shown = f"<div><h1>Đường mới về ấp Cây Me</h1><div class=nd>{text}</div><div class=u0>{held}</div></div>"
    assert words(read(f"<div>{shown}</div>")) == list(PARAGRAPHS[:own])


@pytest.mark.parametrize(
    "one",
    [
        "<div><time>07/03/2026 1{nth}:30</time><p>{said}</p></div>",
        "<div><b>Năm 201{nth}</b> <i>0{nth}/03/2011</i><p>{said}</p></div>",
    ],
)
def test_the_entries_of_a_live_report_or_a_chronicle_are_text(one: str) -> None:
    row = "".join(one.format(said=said, nth=nth) for nth, said in enumerate(PARAGRAPHS[2:], 1))
    lead = "".join(f"<p>{text}</p>" for text in PARAGRAPHS[:2])
    article = read(f"<div><h1>Đường mới về ấp Cây Me</h1><div class=nd>{lead}{row}</div></div>")
    assert set(PARAGRAPHS) <= set(words(article))
