"""`newspapers doctor`: which rules have stopped matching on captured pages, since when, and what would mend them."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from support.crawling import SEED, baotinh

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout
from crawler.newsroom import serve_newsroom
from crawler.survey.doctor import Diagnosis, diagnose, sample
from crawler.survey.page import FetchedPage

ROOT = Path(__file__).parents[3]
BEGINNING = datetime(2026, 3, 1, 2, tzinfo=UTC)
PLACES = ("bến Gáo", "chợ Vàm", "đê Bắc", "xóm Lưới", "cầu Ngói", "vườn Lài", "trạm Bơm", "ngã Ba Rạch")
WRITERS = ("Tạ Thị Nụ", "Khúc Văn Bền", "Mạc Hoài An")


class Baodeque(NewspaperSpider):
    """A newspaper whose pages these tests write."""

    name = "baodeque"
    title = "Báo Đê Quê"
    province = None
    hosts = ("baodeque.test",)
    article_pattern = r"^/tin/(?P<id>[0-9]+)[.]html$"
    layouts = (
        Layout(title="h1.ten", published_at="span.gio", kicker="p.nhan", byline="p.ky", tags=".the a", body="div.bai"),
    )


@attrs.frozen
class Pages:
    """Pages in the order of their capture, of which it is known how often they were read."""

    pages: Sequence[FetchedPage]
    read: list[int] = attrs.field(factory=list)

    def __len__(self) -> int:
        return len(self.pages)

    def page(self, number: int) -> FetchedPage:
        self.read.append(number)
        return self.pages[number]


def fetched(number: int, markup: str, apart: timedelta = timedelta(days=1)) -> FetchedPage:
    return FetchedPage(
        kind="article", url=f"https://baodeque.test/tin/{9000 + number}.html", body=markup.encode(), headers={},
        captured_at=BEGINNING + number * apart,
    )  # fmt: skip


def page(number: int, byline: str = "p.ky", *, kicker: bool = False) -> str:
    place = PLACES[number % len(PLACES)]
    tag, name = byline.split(".")
    title = f"Ngày thứ {number} đắp lại con đường ở {place} cho kịp mùa mưa"
    above = f"<p class=nhan>Chuyện {place} {number}</p>" if kicker else ""
    return (
        f"<html><head><meta charset=utf-8><title>{title} - Báo Đê Quê</title></head><body>{above}"
        f"<h1 class=ten>{title}</h1><span class=gio>{number % 28 + 1:02}/02/2026 09:{number % 60:02}</span>"
        "<div class=bai>"
        f"<p>Từ tờ mờ sáng, người {place} đã ra đắp đường, mỗi nhà góp một buổi công và vài gánh đất cát vàng.</p>"
        f"<p>Đến trưa thứ {number}, đoạn lún nhất đã nổi lên ngang mặt ruộng, xe lúa qua lại được mà không phải dỡ.</p>"
        f"</div><{tag} class={name}>{WRITERS[number % 3]}</{tag}>"
        f"<div class=the><a href=/t/{number}>{place}</a> <a href=/t/duong>giao thông</a></div></body></html>"
    )


def later(number: int) -> str:
    """The same in other markup."""
    text = (
        page(number, "div.but-danh")
        .replace("h1 class=ten", "h1 class=tieu-de")
        .replace("span class=gio", "b class=luc")
    )
    text = text.replace("</span>", "</b>").replace("div class=bai", "section class=noi-dung")
    return text.replace("</p></div>", "</p></section>").replace("div class=the", "div class=tu-khoa")


def test_where_all_rules_match_nothing_is_found() -> None:
    found = diagnose(Baodeque, Pages([fetched(n, page(n, kicker=n % 5 == 0)) for n in range(30)]), 60)
    assert not found.is_ill and found.stopped == () and (found.tried, found.unread) == (30, 0)


def test_a_rule_that_few_pages_need_is_not_missed() -> None:
    """A third of the pages has a kicker, and the last eight happen to have none."""
    pages = [fetched(n, page(n, kicker=n % 3 == 0 and n < 22)) for n in range(30)]
    assert not diagnose(Baodeque, Pages(pages), 60).is_ill
    without = [fetched(n, page(n)) for n in range(30)]
    assert not diagnose(Baodeque, Pages(without), 60).is_ill


def test_one_renamed_class_is_found_with_its_day_and_mended() -> None:
    pages = [fetched(n, page(n, "p.ky" if n < 18 else "div.but-danh", kicker=n % 4 == 0)) for n in range(30)]
    found = diagnose(Baodeque, Pages(pages), 60)
    (rule,) = found.stopped
    assert (rule.layout, rule.field, rule.selector, rule.matched, rule.unmatched) == (1, "byline", "p.ky", 18, 12)
    assert rule.last is not None and (rule.last.day, rule.first.day) == (date(2026, 3, 18), date(2026, 3, 19))
    assert rule.first.url.endswith("/9018.html") and rule.instead is not None and rule.instead.value == WRITERS[0]
    assert found.mend is not None and (found.mend.fits, found.mend.of) == (12, 12)
    assert (found.mend.same, found.mend.others) == (18, 18)
    new, old = found.mend.layouts
    assert (new.byline, new.valid_from, new.kicker) == ("div.but-danh", date(2026, 3, 19), "p.nhan")
    assert old == attrs.evolve(Baodeque.layouts[0], valid_until=date(2026, 3, 18))


def test_days_are_those_of_the_newspaper() -> None:
    """Pages captured at 20:00 UTC: in Vietnam it is the next day."""
    evening = timedelta(hours=18)
    pages = [fetched(n, page(n, "p.ky" if n < 18 else "div.but-danh")) for n in range(30)]
    found = diagnose(Baodeque, Pages([attrs.evolve(one, captured_at=one.captured_at + evening) for one in pages]), 60)
    (rule,) = found.stopped
    assert rule.last is not None and (rule.last.day, rule.first.day) == (date(2026, 3, 19), date(2026, 3, 20))
    assert (rule.matched, rule.of, rule.unmatched) == (18, 30, 12)
    assert found.mend is not None and (found.mend.fits, found.mend.same) == (12, 18)
    assert [one.valid_from or one.valid_until for one in found.mend.layouts] == [date(2026, 3, 20), date(2026, 3, 19)]


def test_a_lead_that_opens_the_body_is_proposed_with_its_element() -> None:
    def with_lead(number: int) -> FetchedPage:
        lead = f"Người {PLACES[number % 8]} kể lại buổi sáng thứ {number} ra đắp đường trước khi mưa xuống đồng."
        markup = later(number).replace("<head>", f'<head><meta name=description content="{lead}">')
        return fetched(number, markup.replace("class=noi-dung>", f"class=noi-dung><p class=mo>{lead}</p>"))

    pages = [fetched(n, page(n)) if n < 12 else with_lead(n) for n in range(26)]
    found = diagnose(Baodeque, Pages(pages), 60)
    assert found.mend is not None and found.mend.fits == 14
    assert (found.mend.layouts[0].lead, found.mend.layouts[0].lead_opens_body) == ("p.mo", True)


def mended(found: Diagnosis) -> type[NewspaperSpider]:
    assert found.mend is not None
    return type("Mended", (Baodeque,), {"layouts": found.mend.layouts})


def test_another_markup_gets_a_layout_and_the_old_one_a_last_day() -> None:
    pages = [fetched(n, page(n) if n < 12 else later(n)) for n in range(26)]
    found = diagnose(Baodeque, Pages(pages), 60)
    assert {rule.field for rule in found.stopped} == {"title", "published_at", "body", "byline", "tags"}
    assert {rule.first.day for rule in found.stopped} == {date(2026, 3, 13)}
    assert found.mend is not None and (found.mend.fits, found.mend.of, found.mend.same) == (14, 14, 12)
    new, old = found.mend.layouts
    assert (new.title, new.body, new.byline) == ("h1.tieu-de", "section.noi-dung", "div.but-danh")
    assert (new.valid_from, old.valid_until) == (date(2026, 3, 13), date(2026, 3, 12))
    again = diagnose(mended(found), Pages(pages), 60)
    assert not again.is_ill and again.unread == 0


def test_the_day_is_found_though_few_of_many_pages_are_read() -> None:
    hour = timedelta(hours=1)
    pages = Pages([fetched(n, page(n) if n < 517 else later(n), hour) for n in range(900)])
    found = diagnose(Baodeque, pages, 60)
    body = next(rule for rule in found.stopped if rule.field == "body")
    assert body.first.url.endswith("/9517.html") and body.last is not None and body.last.url.endswith("/9516.html")
    assert len(pages.read) == len(set(pages.read)) <= 120


def test_pages_are_chosen_evenly_and_the_newest_all() -> None:
    chosen = sorted(sample(10_000, 60))
    assert len(chosen) == 60 and chosen[0] == 0 and chosen[-20:] == list(range(9980, 10_000))
    assert max(after - before for before, after in itertools.pairwise(chosen)) <= 250
    assert sample(7, 60) == set(range(7)) and sample(0, 60) == set()


def test_a_required_rule_that_never_matched_is_named() -> None:
    wrong = type("Wrong", (Baodeque,), {"layouts": (attrs.evolve(Baodeque.layouts[0], body="div.khong-co"),)})
    found = diagnose(wrong, Pages([fetched(n, page(n)) for n in range(12)]), 60)
    (rule,) = [rule for rule in found.stopped if rule.field == "body"]
    assert rule.last is None and (rule.matched, rule.of, rule.unmatched) == (0, 12, 12)
    assert found.mend is not None and found.mend.fits == 12


def test_a_second_template_beside_the_declared_one_gets_a_layout_without_days() -> None:
    pages = [fetched(n, later(n) if n % 4 == 1 else page(n)) for n in range(32)]
    found = diagnose(Baodeque, Pages(pages), 60)
    assert found.stopped == () and found.unread == 8 and found.is_ill
    assert found.mend is not None and (found.mend.fits, found.mend.same) == (8, 24)
    assert {layout.valid_until for layout in found.mend.layouts} == {None}
    assert not diagnose(mended(found), Pages(pages), 60).is_ill


def test_rules_are_drafted_for_a_newspaper_of_unknown_markup_once_it_has_pages() -> None:
    unknown = type("Unknown", (Baodeque,), {"layouts": (), "family": "unknown"})
    few = diagnose(unknown, Pages([fetched(n, page(n)) for n in range(4)]), 60)
    assert few.found == () and not few.is_ill
    found = diagnose(unknown, Pages([fetched(n, page(n)) for n in range(12)]), 60)
    assert [one.layout.body for one in found.found] == ["div.bai"] and not found.is_ill


@pytest.fixture(scope="module")
def redesigned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection of a newspaper that was redesigned between two crawls."""
    root = tmp_path_factory.mktemp("redesigned")
    with serve_newsroom(seed=SEED, articles=60) as running:
        place = ("--loopback", f"127.0.0.1:{running.port}", "--collection", root)
        assert baotinh("crawl", "baocantho", *place).returncode == 0
        assert baotinh("crawl", "baolaocai", "--limit", 4, *place).returncode == 0
        running.redesign("baocantho")
        assert baotinh("crawl", "baocantho", "--recheck", *place).returncode == 0
    return root


def test_a_redesign_between_two_crawls_is_found_and_its_mend_makes_all_rules_match(
    redesigned: Path, tmp_path: Path
) -> None:
    done = baotinh("newspapers", "doctor", "baocantho", "--collection", redesigned, "--json")
    assert done.returncode == 1, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert {"title", "published_at", "body"} <= {rule["field"] for rule in found["stopped"]}
    assert all(rule["of"] == rule["unmatched"] + rule["matched"] > 0 for rule in found["stopped"] if not rule["last"])
    assert all(date.fromisoformat(rule["first"]["day"]) for rule in found["stopped"])
    shown = baotinh("newspapers", "doctor", "baocantho", "--collection", redesigned)
    assert shown.returncode == 1 and found["mend"]["layouts"] in shown.stdout
    assert "#newscontents .content-fck" in shown.stdout and "Stopped matching between" in shown.stdout
    text = (ROOT / "spiders" / "baocantho.py").read_text("utf-8")
    text = text.replace("import Section", "import Layout, Section").rstrip() + "\n" + found["mend"]["layouts"]
    if "from datetime import date" not in text:
        text = text.replace("from crawler", "from datetime import date\n\nfrom crawler", 1)
    (tmp_path / "baocantho.py").write_text(text, "utf-8")
    own = {"BAOTINH_NEWSPAPERS": str(tmp_path)}
    again = baotinh("newspapers", "doctor", "--collection", redesigned, **own)
    assert again.returncode == 0, again.stdout + again.stderr
    assert re.findall(r"^(\w+): \d+ of", again.stdout, re.M) == ["baocantho", "baolaocai"]
    assert again.stdout.count("All rules match.") == 2


def test_a_collection_without_pages_of_the_newspaper_is_refused(redesigned: Path, tmp_path: Path) -> None:
    done = baotinh("newspapers", "doctor", "baonghean", "--collection", redesigned)
    assert done.returncode == 1 and "no article page of baonghean" in done.stderr
    done = baotinh("newspapers", "doctor", "--collection", tmp_path / "none")
    assert done.returncode == 2 and "Traceback" not in done.stderr
