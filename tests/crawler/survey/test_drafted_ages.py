"""A draft says of which days its pages are, and is made of older list pages and sitemaps as well."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from support.crawling import baotinh
from support.raw_server import RawServer, raw_server
from support.small_paper import answer, sitemap

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.loading import load_file

WORDS = ("bãi", "bến", "chợ", "đê", "đình", "ghe", "kênh", "làng", "lúa", "mùa", "nước", "phà", "rạch", "sông")
TITLES = {n: f"Chuyện ở {WORDS[n % 14]} thứ {n // 14 + 1} kể lại sau mùa nước nổi" for n in range(60)}
FEWEST = 2


def path(number: int) -> str:
    return f"/tin/chuyen-ke-lai-sau-mua-nuoc-{1000 + number}.html"


def page(number: int, year: int) -> list[Any]:
    """An article's page, since 2024 of the new template."""
    title, day = TITLES[number], f"{number % 28 + 1:02}/{number % 12 + 1:02}/{year}"
    body, heading = ("than-bai", "ten-bai") if year >= 2024 else ("noidung", "tieude")
    return answer(
        f"<title>{title}</title><h1 class={heading}>{title}</h1><span class=gio>{day} 16:20</span>"
        f"<div class={body}><p>Mùa nước nổi năm thứ {number} về muộn, ghe chở lúa phải đợi con nước lớn.</p>"
        f"<p>Người ở bãi kể rằng năm {year} nước lên tới mép đê rồi rút, ruộng trong đê không phải dặm lại.</p></div>"
    )


def listing(numbers: range, further: str = "/muc/ngoai-bai?trang=2") -> list[Any]:
    menu = "<nav><a href=/muc/ngoai-bai>Ngoài bãi</a><a href=/muc/trong-de>Trong đê</a></nav>"
    links = "".join(f"<h3><a href={path(n)}>{TITLES[n]}</a></h3>" for n in numbers)
    return answer(f"<title>Báo Bãi Bồi</title>{menu}{links}<a href='{further}'>Trang sau</a>")


def site(**more: Any) -> dict[str, Any]:
    """Two sections of the new template; of the old one only what stands on the tenth page of a list."""
    return {
        "/": listing(range(8)),
        "/muc/ngoai-bai": listing(range(12)),
        "/muc/trong-de": listing(range(12, 24), "/muc/trong-de?trang=2"),
        "/muc/ngoai-bai?trang=2": listing(range(24, 30), "/muc/ngoai-bai?trang=3"),
        "/muc/ngoai-bai?trang=10": listing(range(40, 46), "/muc/ngoai-bai?trang=11"),
        **{path(n): page(n, 2025) for n in range(30)},
        **{path(n): page(n, 2019) for n in range(30, 60)},
        **more,
    }


def draft(folder: Path, server: RawServer) -> tuple[str, str, type[NewspaperSpider]]:
    """The draft's text, what was said beside it, and its declaration."""
    done = baotinh(
        "newspapers", "draft", "http://baiboi.test/", "--loopback", f"127.0.0.1:{server.port}",
        "--collection", folder / "look", "--output", folder / "draft.py",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return (folder / "draft.py").read_text("utf-8"), done.stderr, load_file(folder / "draft.py", NewspaperSpider)


def test_a_list_is_followed_to_older_pages(tmp_path: Path) -> None:
    with raw_server(site()) as server:
        text, said, paper = draft(tmp_path, server)
        asked = {where for where, _ in server.received}
    assert {layout.body for layout in paper.layouts} == {"div.than-bai", "div.noidung"}
    assert "/muc/ngoai-bai?trang=10" in asked and FEWEST <= len(asked & {path(n) for n in range(40, 46)}) <= 3
    assert "published from 2019-" in text and "published from 2019-" in said
    assert "older pages may have another layout" in text


def test_the_oldest_sitemap_is_looked_at(tmp_path: Path) -> None:
    home = "http://baiboi.test"
    index = sitemap(*((f"{home}/s-{year}.xml", f"{year}-12-31") for year in range(2017, 2026)), is_index=True)
    old = sitemap(*((home + path(n), f"2017-05-{n - 29:02}") for n in range(30, 36)))
    new = sitemap(*((home + path(n), "2025-05-01") for n in range(4)))
    more = {"/sitemap.xml": index, "/s-2017.xml": old, **{f"/s-{year}.xml": new for year in range(2021, 2026)}}
    with raw_server(site(**more) | {"/muc/ngoai-bai?trang=10": answer("", status="404 Not Found")}) as server:
        _, _, paper = draft(tmp_path, server)
        asked = {where for where, _ in server.received}
    assert asked >= {path(30), path(31)} and "/s-2019.xml" not in asked
    assert {layout.body for layout in paper.layouts} == {"div.than-bai", "div.noidung"}


def test_pages_that_no_layout_reads_are_counted(tmp_path: Path) -> None:
    """Of 16 of 16 it was spoken where eight more pages had another template each."""
    odd = {
        path(n): answer(
            f"<title>{TITLES[n]}</title><h4>{TITLES[n]}</h4><i>{n % 28 + 1}/3/2019 07:10</i>"
            f"<section id=s{n}><p>{'Ghe đợi con nước lớn mới qua được rạch nhỏ. ' * 6}</p></section>"
        )
        for n in range(40, 46)
    }
    with raw_server(site(**odd)) as server:
        text, _, paper = draft(tmp_path, server)
    assert [layout.body for layout in paper.layouts] == ["div.than-bai"]
    found = re.search(r"on (\d+) of (\d+) pages", text)
    assert found is not None
    read, tried = int(found[1]), int(found[2])
    assert tried - read == 3 and f"drafted from {tried} article pages" in text
