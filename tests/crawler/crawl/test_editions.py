"""Editions that share a host: each crawl keeps to its own addresses, and an id that two share is of two articles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.crawling import baotinh
from support.raw_server import raw_server
from support.small_paper import Paper, answer, article, listing

from archive.collection import Collection

HOST = "http://baolaocai.test"
HOME = answer(
    "<nav><a href='/van-hoa/'>Văn hóa</a> <a href='/en/culture/'>Culture</a></nav>"
    "<h3><a href='/cho-phien-post71.html'>Chợ phiên họp lại bên suối sau hai mùa vắng</a></h3>"
)
HOME_EN = answer(
    "<nav><a href='/van-hoa/'>Văn hóa</a> <a href='/en/culture/'>Culture</a></nav>"
    "<h3><a href='/en/market-post71.html'>The market by the brook meets again after two seasons</a></h3>"
)
PAGES = {
    "/": HOME, "/en/": HOME_EN,
    "/van-hoa/": listing("/cho-phien-post71.html", "/en/market-post71.html"),
    "/en/culture/": listing("/en/market-post71.html", "/cho-phien-post71.html", "/en/loom-post72.html"),
    "/cho-phien-post71.html": article("Chợ phiên họp lại"),
    "/en/market-post71.html": article("The market meets again"),
    "/en/loom-post72.html": article("A loom for the school"),
}  # fmt: skip


def test_each_crawl_keeps_to_its_edition(tmp_path: Path) -> None:
    with raw_server(PAGES) as server:
        whole = Paper(tmp_path, server.port, other_paths=("/en/",))
        whole.crawl()
        asked = [path for path, _ in server.received]
        assert "/cho-phien-post71.html" in asked and not [path for path in asked if path.startswith("/en/")]
        english = tmp_path / "english.py"
        text = whole.declared.read_text("utf-8").replace('name = "baolaocai"', 'name = "baolaocaien"')
        english.write_text(
            text.replace("other_paths", "paths").replace('sections = (Section("Văn hóa", "/van-hoa/"),)', "")
            + '    edition_of = "baolaocai"\n    language = "en"\n',
            "utf-8",
        )
        since = len(server.received)
        done = baotinh("crawl", english, "--loopback", whole.place, "--collection", whole.root)
        assert done.returncode == 0, done.stdout + done.stderr
        asked = [path for path, _ in server.received[since:]]
        assert not [path for path in asked if path.startswith(("/van-hoa", "/cho-phien"))]
    with Collection.open(whole.root).catalog() as catalog:
        held = {name: catalog.article(name).article() for name in catalog.article_ids()}
        versions = catalog.connection.execute("SELECT count(*) FROM versions").fetchone()[0]
    assert {name: one.title for name, one in held.items()} == {
        "baolaocai:71": "Chợ phiên họp lại",
        "baolaocaien:71": "The market meets again",
        "baolaocaien:72": "A loom for the school",
    }
    assert versions == 3


def test_a_captured_page_is_of_the_edition_in_whose_paths_it_lies(tmp_path: Path) -> None:
    """Báo Nghệ An has one host for five languages."""
    page = article("Chợ phiên họp lại")
    with raw_server({"/cho-phien-11223344.html": page, "/en/market-11223344.html": page}) as server:
        done = baotinh(
            "capture", "http://baonghean.test/cho-phien-11223344.html", "http://baonghean.test/en/market-11223344.html",
            "--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path / "c",
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    with Collection.open(tmp_path / "c").catalog() as catalog:
        assert set(catalog.article_ids()) == {"baonghean:11223344", "baongheanen:11223344"}


TEXTS = {
    "baonghean": ("Chợ phiên họp lại bên suối", "Chợ phiên họp lại bên suối sau hai mùa vắng."),
    "baongheanen": (
        "The market by the brook meets again",
        "The market by the brook meets again after two seasons away.",
    ),
    "baongheancn": ("溪边集市重新开市", "溪边的集市停了两季，今天重新开市，乡亲们一大早就来了。"),
}
PATHS = {
    "baonghean": "/cho-phien-11223344.html", "baongheanen": "/en/market-11223344.html",
    "baongheancn": "/cn/jishi-11223344.html",
}  # fmt: skip
TONGUES = {"baonghean": "vi", "baongheanen": "en", "baongheancn": "zh"}


def page_in(name: str, *, more: str = "") -> Any:
    title, text = TEXTS[name]
    return answer(
        f"<title>{title}</title><meta name='article:published_time' content='3/15/2026 8:30:00 AM'>"
        "<div class='c-news-detail'><div class='b-maincontent'><article class='entry'>"
        f"<h1 class='block-sc-title'>{title}</h1>"
        f"<p>{text}{more}</p></article></div></div>"
    )


def held_by(root: Path) -> dict[str, tuple[str, str, int]]:
    with Collection.open(root).catalog() as catalog:
        return {
            name: (one.title, one.language, catalog.count_versions([name])[name])
            for name in catalog.article_ids()
            for one in [catalog.article(name).article()]
        }


def test_one_number_in_three_languages_is_three_articles_wherever_it_is_read(tmp_path: Path) -> None:
    """Crawled, rebuilt, imported into another collection, searched: they are never versions of each other."""
    root = tmp_path / "c"
    pages = {PATHS[name]: page_in(name) for name in TEXTS}
    with raw_server(pages) as server:
        done = baotinh(
            "capture", *(f"http://baonghean.test{path}" for path in PATHS.values()),
            "--loopback", f"127.0.0.1:{server.port}", "--collection", root,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    wanted = {f"{name}:11223344": (TEXTS[name][0], TONGUES[name], 1) for name in TEXTS}
    assert held_by(root) == wanted
    for table in ("versions", "articles"):
        with Collection.open(root).catalog() as catalog:
            assert catalog.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 3
    for name, words in (("baongheancn", "集市"), ("baongheanen", "brook"), ("baonghean", "chợ phiên")):
        done = baotinh("search", words, "--json", "--collection", root)
        assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [f"{name}:11223344"]
        done = baotinh("search", "", "--language", TONGUES[name], "--json", "--collection", root)
        assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [f"{name}:11223344"]
    (root / "catalog.sqlite").unlink(missing_ok=True)
    done = baotinh("rebuild", "--collection", root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert held_by(root) == wanted
    (warc,) = [path for path in (root / "warc").rglob("*.warc.gz") if path.stat().st_size > 2000][:1]
    for name in TEXTS:
        done = baotinh(
            "crawl", name, "--from-archive", warc, "--loopback", "127.0.0.1:1", "--collection", tmp_path / "imported"
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert held_by(tmp_path / "imported") == wanted
