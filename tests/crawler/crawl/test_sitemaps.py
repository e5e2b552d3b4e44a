"""Sitemaps of a large site: what comes first, what waits for a later run, what is said of one that is too large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.raw_server import raw_server
from support.small_paper import BROKEN, HOST, Paper, article, listing, sitemap

from archive.reasons import reason_words

LIST = {"/van-hoa/": listing("/a-post1.html"), "/a-post1.html": article("Chợ lùi")}


def test_a_sitemap_that_could_not_be_read_is_read_by_a_later_run(tmp_path: Path) -> None:
    """The first reading takes too long; the answer's ETag is no reason to believe it read."""
    many = tuple((f"{HOST}/tin-so-{number}-post{number}.html", "2025-06-17") for number in range(30000))
    body = sitemap((f"{HOST}/z-post99999.html", "2025-06-17"), *many)[0]
    head, _, rest = body.partition(b"\r\n")
    tagged = head + b'\r\nETag: "1"\r\n' + rest

    def tell(line: Any) -> None:
        asking = server.received[-1][1]
        unchanged = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nConnection: close\r\n\r\n'
        whole = tagged.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        line.sendall(unchanged if b"If-None-Match" in asking else whole)

    pages = {
        "/sitemap.xml": [tell], "/van-hoa/": listing("/a-post1.html"), "/a-post1.html": article("Chợ lùi"),
        "/z-post99999.html": article("Bến nước"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        paper.crawl("--limit", 5, code=None, BAOTINH_READING_SECONDS="0")
        assert "sitemap" in {one["kind"] for one in paper.report()["troubles"]}, paper.report()["troubles"]
        paper.crawl("--limit", 5)
        assert paper.rows("SELECT count(*) FROM ways WHERE way = 'sitemap'") != [(0,)]


def test_years_of_back_numbers_do_not_stand_before_todays_news(tmp_path: Path) -> None:
    """An index of 30 months, the oldest first: the newest come first, and a new one before those that are left."""
    months = [f"{year}-{month:02}" for year in (2023, 2024, 2025) for month in range(1, 13)][:30]

    def index(*of: str) -> list[Any]:
        return sitemap(*((f"{HOST}/sitemap-{month}.xml", f"{month}-28") for month in of), is_index=True)

    pages: dict[str, list[Any]] = LIST | {"/sitemap.xml": [*index(*months), *index(*months, "2025-07")]}
    for month in [*months, "2025-07"]:
        at = f"/tin-{month}-post{month.replace('-', '')}.html"
        day = f"{month}-28"
        pages |= {f"/sitemap-{month}.xml": sitemap((HOST + at, day)), at: article(f"Tin {month}", day)}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        held = []
        for _ in range(3):
            paper.crawl()
            held.append(sorted(paper.ids() - {"1"}))
    every = [month.replace("-", "") for month in months]
    assert held[0] == every[-12:]
    assert held[1][-13:] == [*every[-12:], "202507"] and len(held[1]) == 24
    assert held[2] == [*every, "202507"]


def test_what_a_sitemap_names_beyond_the_most_that_are_read_is_said(tmp_path: Path) -> None:
    many = ((f"{HOST}/gioi-thieu-{number}", "2025-06-17") for number in range(50_001))
    with raw_server(LIST | {"/sitemap.xml": sitemap((f"{HOST}/a-post1.html", "2025-06-17"), *many)}) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        paper.crawl()
    (trouble,) = paper.report()["troubles"]
    assert trouble["reason"] == "too_many_addresses 2"
    assert reason_words(trouble["reason"]) == "names 2 addresses more than are read of one list"


def test_sitemaps_that_fail_do_not_stand_before_those_that_nobody_has_read(tmp_path: Path) -> None:
    """Of thirty the fifteen newest are broken; twelve are read in a run."""
    months = [f"{year}-{month:02}" for year in (2023, 2024, 2025) for month in range(1, 13)][:30]
    index = sitemap(*((f"{HOST}/sitemap-{month}.xml", f"{month}-28") for month in months), is_index=True)
    pages: dict[str, list[Any]] = LIST | {"/sitemap.xml": index}
    for number, month in enumerate(months):
        at = f"/tin-{month}-post{month.replace('-', '')}.html"
        read = sitemap((HOST + at, f"{month}-28"))
        pages |= {f"/sitemap-{month}.xml": BROKEN if number >= 15 else read, at: article(f"Tin {month}", f"{month}-28")}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        for _ in range(3):
            paper.crawl()
    assert paper.ids() - {"1"} == {month.replace("-", "") for month in months[:15]}
