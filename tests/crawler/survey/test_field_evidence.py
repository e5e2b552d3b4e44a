"""What `newspapers check` says of each field of each page: the evidence that was chosen, and the evidence that lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.crawling import baotinh
from support.raw_server import Answer, RawServer, raw_server

import crawler.survey.checking as checking
from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.loading import load_file
from crawler.survey.checking import Checked, check
from crawler.survey.field_evidence import FieldEvidence
from crawler.survey.page import FetchedPage

DECLARATION = """
from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout, Section


class Baosongchay(NewspaperSpider):
    name = "baosongchay"
    title = "Báo Sông Chảy"
    province = None
    hosts = ("baosongchay.test",)
    article_pattern = r"^/tin/[a-z-]+-(?P<id>[0-9]+)[.]html$"
    sections = (Section("Ven sông", "/ven-song"),)
    layouts = (
        Layout(title="h1.ten", published_at="span.gio", kicker="p.nhan", byline="p.ky", tags=".the a", body="div.bai"),
    )
"""
TITLES = ("Bến đò cũ thành chợ nổi cuối tuần", "Cầu treo mới nối hai bờ sông Chảy", "Lớp học bơi miễn phí bên bến đò")
TEXTS = (
    "Sáng nào bến cũng đông, ghe từ thượng nguồn xuống chở theo măng khô, mật ong và những chuyện của bản trên cao.",
    "Người giữ bến nói rằng năm nay nước hiền, chợ họp được lâu hơn, ai cũng bán hết hàng trước trưa.",
)


def article(number: int) -> str:
    """The second page's metadata contradict its visible text; only the third has a kicker."""
    day = f"2026-03-0{number + 1}"
    stated = {
        "@type": "NewsArticle", "headline": TITLES[number] if number != 1 else "Cầu mới: mười điều cần biết",
        "datePublished": f"{day}T07:15:00+07:00" if number != 1 else "2026-02-20T10:00:00+07:00",
    }  # fmt: skip
    kicker = "<p class=nhan>Sống khỏe</p>" if number == 2 else ""
    title = TITLES[number]
    return (
        f"<html><head><meta charset=utf-8><title>{title}</title><meta property=og:title content='{title}'>"
        f"<script type=application/ld+json>{json.dumps(stated)}</script></head><body>{kicker}<h1 class=ten>{title}"
        f"</h1><span class=gio>0{number + 1}/03/2026 07:15</span><div class=bai>"
        + "".join(f"<p>{text}</p>" for text in TEXTS)
        + "</div><p class=ky>Lò Thị Mai</p><div class=the><a href=/t/1>bến đò</a></div></body></html>"
    )


def address(number: int) -> str:
    return f"/tin/{('ben-do-cu', 'cau-treo-moi', 'lop-hoc-boi')[number]}-{51000 + number}.html"


def answer(markup: str) -> list[Answer]:
    body = markup.encode()
    return [f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body]


@pytest.fixture(scope="module")
def site() -> Iterator[RawServer]:
    links = "".join(f"<p><a href={address(number)}>{TITLES[number]}</a></p>" for number in range(3))
    pages = {"/": answer(links), "/ven-song": answer(links)}
    with raw_server(pages | {address(number): answer(article(number)) for number in range(3)}) as server:
        yield server


@pytest.fixture(scope="module")
def declaration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("declared") / "baosongchay.py"
    path.write_text(DECLARATION, "utf-8")
    return path


def checked(declaration: Path, numbers: range = range(3)) -> Checked:
    pages = [
        FetchedPage(
            kind="article", url=f"https://baosongchay.test{address(number)}", body=article(number).encode(), headers={},
            captured_at=datetime(2026, 3, 20, tzinfo=UTC), section="/ven-song",
        )
        for number in numbers
    ]  # fmt: skip
    return check(load_file(declaration, NewspaperSpider), pages)


def said(found: Checked, number: int) -> dict[str, FieldEvidence]:
    return {one.field: one for one in found.pages[number].evidence}


def test_the_winner_stands_beside_what_says_the_same(declaration: Path) -> None:
    fields = said(checked(declaration), 0)
    title = fields["title"]
    assert title.chosen is not None and (title.chosen.source, title.chosen.place) == ("rule", "h1.ten")
    assert {one.source for one in title.others} == {"json-ld", "meta", "visible"} and not title.has_losers
    assert fields["section"].chosen is not None and fields["section"].chosen.source == "list"
    assert fields["body"].chosen is not None and fields["body"].chosen.place == "div.bai"
    assert [one.source for one in fields["body"].others if one.agrees] == ["generic"]


def test_what_lost_is_kept_with_its_value(declaration: Path) -> None:
    fields = said(checked(declaration), 1)
    losers = {
        (field, one.source, one.place, one.value) for field in fields for one in fields[field].others if not one.agrees
    }
    assert ("title", "json-ld", "headline", "Cầu mới: mười điều cần biết") in losers
    assert ("published_at", "json-ld", "datePublished", "2026-02-20T10:00:00+07:00") in losers
    assert fields["published_at"].chosen is not None and fields["published_at"].chosen.value.startswith(
        "2026-03-02T07:15"
    )


def test_each_article_page_is_parsed_and_read_once(declaration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    for name in ("open_page", "read_any"):
        real = getattr(checking, name)

        def counted(*given: object, _real: object = real, _name: str = name, **named: object) -> object:
            calls.append(_name)
            return _real(*given, **named)  # type: ignore[operator]

        monkeypatch.setattr(checking, name, counted)
    assert all(one.article is not None for one in checked(declaration).pages)
    assert sorted(calls) == ["open_page"] * 3 + ["read_any"] * 3


def test_disagreements_stand_out(declaration: Path, site: RawServer, tmp_path: Path) -> None:
    place = ("--loopback", f"127.0.0.1:{site.port}", "--collection", tmp_path)
    done = baotinh("newspapers", "check", declaration, *place)
    assert done.returncode == 0, done.stdout + done.stderr
    assert max(map(len, done.stdout.splitlines())) < 500  # a file is not filled up to the width of a console
    text = " ".join(done.stdout.split())
    assert "≠ Cầu mới: mười điều cần biết json-ld headline" in text
    assert "✓ Sống khỏe rule p.nhan" in text and "– no element matches p.nhan" in text
    assert "published_at on 1, title on 1." in text
    lines = baotinh("newspapers", "check", declaration, "--json", *place).stdout.splitlines()
    rules = {one["rule"]: one for one in map(json.loads, lines)}
    (lost,) = [one for one in rules["read title"]["evidence"] if one["has_losers"]]
    assert lost["url"].endswith(address(1)) and lost["layout"] == 1
    assert lost["chosen"] == {"source": "rule", "place": "h1.ten", "value": TITLES[1], "weight": 12.0, "agrees": True}
    assert "evidence" not in rules["article_pattern"]


def test_explain_shows_the_same_evidence(declaration: Path, site: RawServer, tmp_path: Path) -> None:
    own = {"BAOTINH_NEWSPAPERS": str(declaration.parent)}
    page = tmp_path / "page.html"
    page.write_text(article(1), "utf-8")
    done = baotinh("explain", page, "--url", f"https://baosongchay.test{address(1)}", **own)
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if "mười điều" in line)
    assert "≠" in line and "json-ld" in line and "headline" in line
