"""Editions that share a host: each crawl keeps to its own addresses, and an id that two share is of two articles."""

from __future__ import annotations

from pathlib import Path

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
