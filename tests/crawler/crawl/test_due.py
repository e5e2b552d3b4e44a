"""What comes due when, and which way found what: lists by their pace, announced edits, pictures that failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.raw_server import Answer, raw_server
from support.small_paper import BROKEN, HOST, MISSING, Paper, answer, article, listing, sitemap

from archive.clock import parse_warc_date
from archive.collection import Collection
from archive.web.app import site_app


def now() -> str:
    """The next whole second, once it has come: what is read of a date is no finer, and all was fetched before."""
    instant = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    while datetime.now(UTC) < instant:
        sleep(0.01)
    return instant.isoformat()


def at_once(make: Callable[[], list[Any]]) -> Answer:
    """An answer that is made when it is asked for."""
    return lambda line: line.sendall(make()[0].replace(b"\r\n", b"\r\nConnection: close\r\n", 1))


def test_only_what_is_due_is_asked_for(tmp_path: Path) -> None:
    pages = {"/van-hoa/": listing("/a-post1.html"), "/a-post1.html": article("Chợ lùi")}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        assert paper.crawl("--due")["articles new"] == 1
        asked = len(server.received)
        assert "pages" not in paper.crawl("--due")
        assert len(server.received) == asked
        paper.crawl()  # who asks by hand is not told to wait
        assert [path for path, _ in server.received[asked:]] == ["/van-hoa/"]


def test_a_list_that_names_something_new_is_due_sooner(tmp_path: Path) -> None:
    pages = {
        "/van-hoa/": [
            *listing("/a-post1.html"), *listing("/b-post2.html", "/a-post1.html"),
            *listing("/b-post2.html", "/a-post1.html"),
        ],
        "/a-post1.html": article("Chợ lùi"), "/b-post2.html": article("Mùa mận"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paces = []
        for _ in range(3):
            paper.crawl()
            ((pace, changes, at, due),) = paper.rows(
                "SELECT revisit_interval, changes, fetched_at, next_due_at FROM addresses WHERE kind = 'section'"
            )
            paces.append(pace)
            assert 0 < (parse_warc_date(due) - parse_warc_date(at)).total_seconds() <= pace
    assert paces == [3600, 1800, 2700] and changes == 2


def test_which_way_found_what_is_kept(tmp_path: Path) -> None:
    feed = f"<rss><channel><item><title>Mùa mận</title><link>{HOST}/b-post2.html</link></item></channel></rss>"
    pages = {
        "/van-hoa/": listing("/a-post1.html"),
        "/rss/van-hoa.xml": answer(feed, kind="application/rss+xml"),
        "/sitemap.xml": sitemap((f"{HOST}/a-post1.html", "2025-06-17"), (f"{HOST}/c-post3.html", "2025-06-17")),
        "/a-post1.html": article("Chợ lùi"), "/b-post2.html": article("Mùa mận"), "/c-post3.html": article("Bến nước"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, feeds=("/rss/{section}.xml",), sitemaps=("/sitemap.xml",))
        paper.crawl()
    found = paper.rows("SELECT url, way, source FROM ways ORDER BY url, way")
    assert found == [
        (f"{HOST}/a-post1.html", "section", "Văn hóa"),
        (f"{HOST}/a-post1.html", "sitemap", f"{HOST}/sitemap.xml"),
        (f"{HOST}/b-post2.html", "feed", f"{HOST}/rss/van-hoa.xml"),
        (f"{HOST}/c-post3.html", "sitemap", f"{HOST}/sitemap.xml"),
    ]
    assert paper.ids() == {"1", "2", "3"}
    kinds = dict(paper.rows("SELECT kind, count(*) FROM addresses GROUP BY kind"))
    assert kinds == {"section": 1, "feed": 1, "sitemap": 1, "article": 3}
    # the section's list and its own feed say which section an article is of; a sitemap does not
    sections = dict(paper.rows("SELECT id, section FROM articles"))
    assert sections == {"baolaocai:1": "Văn hóa", "baolaocai:2": "Văn hóa", "baolaocai:3": None}


def test_sitemaps_are_nested_and_zipped_and_only_those_that_changed_are_read_again(tmp_path: Path) -> None:
    old, new = (f"{HOST}/sitemaps/2025-05.xml.gz", "2025-06-01"), f"{HOST}/sitemaps/2025-06.xml.gz"
    pages = {
        "/sitemap.xml": [
            *sitemap(old, (new, "2025-06-17"), is_index=True),
            at_once(lambda: sitemap(old, (new, now()), is_index=True)),
        ],
        "/sitemaps/2025-05.xml.gz": sitemap((f"{HOST}/a-post1.html", "2025-05-17"), is_zipped=True),
        "/sitemaps/2025-06.xml.gz": [
            *sitemap((f"{HOST}/b-post2.html", "2025-06-17"), is_zipped=True),
            *sitemap((f"{HOST}/b-post2.html", "2025-06-17"), (f"{HOST}/c-post3.html", "2025-06-18"), is_zipped=True),
        ],
        "/van-hoa/": listing("/a-post1.html"),
        "/a-post1.html": article("Chợ lùi"), "/b-post2.html": article("Mùa mận"), "/c-post3.html": article("Bến nước"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        paper.crawl()
        assert paper.ids() == {"1", "2"}
        paper.crawl()
        asked = [path for path, _ in server.received]
    assert paper.ids() == {"1", "2", "3"}
    assert asked.count("/sitemaps/2025-05.xml.gz") == 1 and asked.count("/sitemaps/2025-06.xml.gz") == 2


def test_an_edit_that_the_sitemap_announces_is_fetched_before_it_is_due(tmp_path: Path) -> None:
    url = f"{HOST}/a-post1.html"
    pages = {
        "/sitemap.xml": [*sitemap((url, "2025-06-17")), at_once(lambda: sitemap((url, now())))],
        "/van-hoa/": listing("/a-post1.html"),
        "/a-post1.html": [*article("Chợ lùi"), *article("Chợ lùi", more="<p>Chợ đông hơn mọi năm.</p>")],
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        paper.crawl()
        assert paper.crawl()["articles changed"] == 1
    assert paper.rows("SELECT changes FROM addresses WHERE url = ?", url) == [(1,)]
    assert len(paper.rows("SELECT seq FROM versions")) == 2


def test_a_change_of_years_ahead_is_not_believed(tmp_path: Path) -> None:
    url = f"{HOST}/a-post1.html"
    pages = {
        "/sitemap.xml": sitemap((url, "2099-01-01")), "/van-hoa/": listing("/a-post1.html"),
        "/a-post1.html": article("Chợ lùi"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        for _ in range(3):
            paper.crawl()
        assert [path for path, _ in server.received].count("/a-post1.html") == 1


def test_a_sitemap_that_calls_everything_changed_is_not_believed(tmp_path: Path) -> None:
    paths = [f"/tin-so-{number}-post{number}.html" for number in range(60)]

    def all_at(changed: str) -> list[Any]:
        return sitemap(*((HOST + path, changed) for path in paths))

    pages = {
        "/sitemap.xml": [*all_at("2025-06-17"),
                         at_once(lambda: all_at(now()))],
        "/van-hoa/": listing(*paths),
        **{path: article(f"Tin số {number}") for number, path in enumerate(paths)},
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        paper.crawl()
        asked = len(server.received)
        paper.crawl()
        assert {path for path, _ in server.received[asked:]} == {"/sitemap.xml", "/van-hoa/"}
    assert [(one["kind"], one["reason"]) for one in paper.report()["troubles"]] == [
        ("sitemap", "edits_not_believed 60 of 60")
    ]


def test_a_feed_does_not_hide_from_a_section_what_lies_behind_its_first_page(tmp_path: Path) -> None:
    """All that the first page names was found by the feed: the pages behind are read all the same."""
    items = "".join(f"<item><link>{HOST}/tin-post{number}.html</link></item>" for number in (6, 5, 4))
    pages = {
        "/rss.xml": answer(f"<rss><channel>{items}</channel></rss>", kind="application/rss+xml"),
        "/van-hoa/": listing(*(f"/tin-post{number}.html" for number in (6, 5, 4)), following="/van-hoa/?page=2"),
        "/van-hoa/?page=2": listing(*(f"/tin-post{number}.html" for number in (3, 2, 1))),
        **{f"/tin-post{number}.html": article(f"Tin số {number}") for number in range(1, 7)},
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, feeds=("/rss.xml",))
        paper.crawl("--limit", 3)
        paper.crawl()
    assert paper.ids() == {"1", "2", "3", "4", "5", "6"}


@pytest.mark.parametrize(("first", "kind"), [(BROKEN, "errors"), (MISSING, "gone")])
def test_a_picture_that_failed_is_asked_for_again_and_one_that_is_gone_is_not(
    tmp_path: Path, first: list[bytes], kind: str
) -> None:
    picture = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 4\r\n\r\n\x89PNG"
    pages = {
        "/van-hoa/": listing("/a-post1.html"),
        "/a-post1.html": article("Chợ lùi", more='<figure><img src="/anh-1.png"><figcaption>Chợ</figcaption></figure>'),
        "/anh-1.png": [*(first * (4 if kind == "errors" else 1)), picture],
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        assert paper.crawl()[kind] == 1
        with paper_catalog(paper) as connection:
            connection.execute("UPDATE addresses SET next_due_at = '2000' WHERE failures > 0")
        counts = paper.crawl("--due")
    assert counts.get("pictures", 0) == (kind == "errors")
    ((status, due),) = paper.rows("SELECT status, next_due_at FROM addresses WHERE kind = 'picture'")
    assert (status, due > "2100") == ((200, True) if kind == "errors" else (404, True))
    page = TestClient(site_app(Collection.open(paper.root), "http://replay.test")).get("/article/baolaocai:1").text
    assert ("Ảnh được lưu sau bài" in page) == ("http://replay.test/picture/urn:uuid:" in page) == (kind == "errors")


def paper_catalog(paper: Paper):  # type: ignore[no-untyped-def]
    return Collection.open(paper.root).catalog(writable=True).transaction()


def test_a_first_page_that_redirects_stays_watched(tmp_path: Path) -> None:
    from support.small_paper import redirect

    pages = {
        "/van-hoa/": redirect("/van-hoa"),
        "/van-hoa": [*listing("/a-post1.html"), *listing("/b-post2.html", "/a-post1.html")],
        "/a-post1.html": article("Chợ lùi"), "/b-post2.html": article("Mùa mận"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--due")
        with paper_catalog(paper) as connection:
            connection.execute("UPDATE addresses SET next_due_at = '2000' WHERE url LIKE '%/van-hoa/'")
        paper.crawl("--due")
    assert paper.ids() == {"1", "2"}


def test_what_only_a_sitemap_names_is_asked_for_by_the_run_after_one_that_was_cut_short(tmp_path: Path) -> None:
    """It is of no section, and waits in the catalog as what is of one does."""
    paths = [f"/tin-post{number}.html" for number in range(6)]
    pages = {
        "/van-hoa/": listing(paths[0]), "/sitemap.xml": sitemap(*((HOST + path, "2025-06-17") for path in paths)),
        **{path: article(f"Tin số {number}") for number, path in enumerate(paths)},
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        paper.crawl("--limit", 3)
        assert len(paper.ids()) == 3
        asked = len(server.received)
        paper.crawl("--section", "van-hoa")
        assert not any("post" in path for path, _ in server.received[asked:])
        paper.crawl("--due")
    assert paper.ids() == {"0", "1", "2", "3", "4", "5"}


def test_a_mistaken_day_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    from support.crawling import baotinh

    done = baotinh("crawl", "baocantho", "--since", "1.7.2025", "--collection", tmp_path / "c")
    assert done.returncode == 2 and "since must be a day such as 2025-07-01, not '1.7.2025'" in done.stderr
    done = baotinh("crawl", "baocantho", "--since", "2025-07-01", "--full", "--collection", tmp_path / "c")
    assert done.returncode == 2 and "--full cannot be combined" in done.stderr
    done = baotinh(
        "crawl", "baocantho", "--since", "2025-07-02", "--until", "2025-07-01", "--collection", tmp_path / "c"
    )
    assert done.returncode == 2 and "no day lies between since 2025-07-02 and until 2025-07-01" in done.stderr
    assert not (tmp_path / "c").exists()
