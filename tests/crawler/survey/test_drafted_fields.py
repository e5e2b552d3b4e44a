"""A drafted layout reads each field of the newsroom's papers as well as the declared one does."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import attrs
import pytest
from support.draft_scores import CAPTURED, DECLARED, scores, shortfall

from crawler.declaration.layout import Rules
from crawler.extract.page import open_page
from crawler.newsroom import Newsroom
from crawler.newsroom.papers import BIENXANH, PAPERS
from crawler.newsroom.site import Site
from crawler.survey.markup import layouts_of
from crawler.survey.page import FetchedPage

DRAFTED_FROM = 24


@pytest.fixture(scope="module")
def newsroom() -> Newsroom:
    return Newsroom(seed=11, articles=120, undeclared=40)


def list_path(truth: dict[str, Any]) -> str:
    """The path of the list of an article's section."""
    host = urlsplit(truth["url"]).hostname
    paper = next(one for one in (BIENXANH, *PAPERS) if one.host == host)
    slug = next(one.slug for one in paper.sections if one.name == truth["section"])
    return paper.list_path.format(section=slug)


def page(site: Site, truth: dict[str, Any]) -> FetchedPage:
    parts = urlsplit(truth["url"])
    found = site.page(parts.hostname or "", parts.path)
    if found.status != 200:  # some answer only when they are asked again
        found = site.page(parts.hostname or "", parts.path)
    return FetchedPage(
        kind="article", url=truth["url"], body=found.body, headers={"Content-Type": found.type}, captured_at=CAPTURED,
        section=list_path(truth),
    )  # fmt: skip


@pytest.mark.parametrize("name", DECLARED)
def test_no_field_is_more_than_three_points_behind_the_declared_rules(newsroom: Newsroom, name: str) -> None:
    site, truth = Site(newsroom), newsroom.truth()
    printed = [*truth["articles"], *truth["undeclared"]["articles"]]
    own = [one for one in printed if (one.get("newspaper") or "baobienxanh") == name]
    fetched = [(page(site, one), one) for one in own if one.get("status", "published") == "published"]
    layouts = tuple(one.layout for one in layouts_of([one for one, _ in fetched][:: len(fetched) // DRAFTED_FROM]))
    pages = [(open_page(one.body, one.url, one.headers), truth) for one, truth in fetched]
    drafted = scores(pages, Rules(newspaper=name, layouts=layouts))
    declared = scores(pages, Rules(newspaper=name, layouts=DECLARED[name]))
    assert not shortfall(drafted, declared, len(pages)), f"of {len(pages)} pages"


PLACES = ("bến Gáo", "chợ Vàm", "đê Bắc", "xóm Lưới", "cầu Ngói", "vườn Lài")


def written(number: int, *, cut: str = "", above: str = "", box: str = "div.nd") -> FetchedPage:
    """A page with a lead of its own element within the body, in front of it what `cut` makes of the text."""
    place = PLACES[number % len(PLACES)]
    title = f"Ngày thứ {number} người {place} đắp lại con đường cho kịp mùa mưa"
    lead = f"Sáng thứ {number}, người {place} ra đắp đường, mỗi nhà góp một buổi công và vài gánh đất cát vàng."
    more = f"Đến trưa, đoạn lún nhất ở {place} đã nổi lên ngang mặt ruộng, xe lúa thứ {number} qua lại được."
    menu = "".join(f"<li><a href=/m{n}/>{name}</a></li>" for n, name in enumerate(("Đời sống", "Kinh tế", "Đê điều")))
    tag, _, name = box.partition(".")
    markup = (
        f"<html><head><meta charset=utf-8><title>{title}</title><meta name=description content='{lead}'></head>"
        f"<body><nav><ul class=menu>{menu}</ul></nav>{above}"
        f"<h1 class=ten>{title}</h1><span class=gio>{number % 28 + 1:02}/02/2026 09:{number % 60:02}</span>"
        f"<{tag} class='{name}'>{cut.format(lead=lead, more=more[:40])}<p class=sapo>{lead}</p><p>{more}</p>"
        f"<p>Chiều thứ {number} mọi người nghỉ tay dưới gốc gáo, hẹn hôm sau làm tiếp đoạn cuối giáp bờ kênh.</p>"
        f"</{tag}></body></html>"
    )
    return FetchedPage(
        kind="article",
        url=f"https://bao.test/tin-{number}.html",
        body=markup.encode(),
        headers={},
        captured_at=CAPTURED,
    )


def test_a_lead_that_was_cut_out_of_the_text_is_dropped() -> None:
    (found,) = layouts_of(written(n, cut="<div class=tu-cat>{lead} {more}</div>") for n in range(8))
    assert (found.layout.lead, found.layout.drop, found.read) == ("p.sapo", ("div.tu-cat",), 8)


def test_the_name_of_a_section_above_the_headline_is_no_kicker() -> None:
    (found,) = layouts_of(written(n, above="<span class=muc>Đê điều</span>") for n in range(8))
    assert found.layout.kicker is None
    (found,) = layouts_of(written(n, above=f"<span class=nhan>Chuyện đê {n}</span>") for n in range(8))
    assert found.layout.kicker == "span.nhan"


def test_a_name_above_a_counter_is_no_heading() -> None:
    names = ("Kim Ngân", "Tấn Lực", "Hoàng Vũ", "Thu Sương", "Lan Anh", "Minh Thơ", "Ngọc Hân", "Quốc Khánh")
    signed = "<p class=but-danh><strong>{}</strong></p><div class=xem>Lượt xem: {}</div></div></body>"
    pages = [written(n) for n in range(8)]
    layout = layouts_of(
        attrs.evolve(one, body=one.body.replace(b"</div></body>", signed.format(names[n], 12345 + n).encode()))
        for n, one in enumerate(pages)
    )[0].layout
    assert (layout.byline, layout.heading) == ("p.but-danh", None)


def test_classes_that_place_an_element_are_no_rules() -> None:
    (found,) = layouts_of(written(n, box="div.col-md-8 row bai") for n in range(8))
    assert found.layout.body == "div.bai"


def test_a_layout_that_reads_no_page_is_not_drafted() -> None:
    shell = "<html><title>Con đường ở bến Gáo đã đắp xong</title><h1>Con đường ở bến Gáo đã đắp xong</h1>"
    pages = [
        attrs.evolve(written(n), body=f"{shell}<div class=mo><p>{'Lời mở. ' * 20}</p></div>".encode()) for n in range(8)
    ]
    assert layouts_of(pages) == ()
