"""Papers that give an article's number in the query, chi-tiet.aspx?id=5101: crawled by address, drafted, declared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from support.crawling import baotinh
from support.raw_server import RawServer, raw_server
from support.small_paper import Paper, answer, article

HOST = "http://baothu.test"
TITLES = {
    "5101": "Làng chài Vàm Xáng vào mùa đan lưới mới",
    "5102": "Chợ nổi dời về bến cũ sau ba năm sửa kè",
    "5103": "Học trò xã đảo đến lớp bằng ghe của xã",
    "5104": "Mưa trái mùa làm hư bốn chục công dưa hấu",
    "5201": "Giá vàng hôm nay tăng ở các tiệm trong tỉnh",
}
SECTIONS = {"3": ("5101", "5102", "5103", "5104"), "4": ("5201", "5102")}


def frame(main: str) -> str:
    """A page of an old server: all of it in one form, no h1, the paper's name for its title."""
    menu = "".join(f'<a href="/News/List.aspx?cat={cat}">Mục tin số {cat}</a> ' for cat in SECTIONS)
    return (
        f'<title>Báo Thử</title><form id="aspnetForm"><table><tr><td>{menu}<a href="/Lien-he.aspx">Liên hệ</a>'
        f"</td></tr><tr><td>{main}</td></tr></table></form>"
    )


def detail(number: str) -> str:
    title = TITLES[number]
    text = "".join(
        f"<p>{title}: người kể thứ {nth} nói rằng năm nay nước về muộn, ghe xuồng ít đi, nhưng việc thì vẫn nhiều.</p>"
        for nth in range(3)
    )
    return frame(
        f'<table><tr><td class="TieuDe"><b>{title}</b></td></tr><tr><td class="Ngay">04/03/2026 07:15:00 SA</td></tr>'
        f'<tr><td class="NoiDung">{text}</td></tr></table>'
    )


def listing(cat: str) -> str:
    forms = (
        "/News/Detail.aspx?id={}",
        "/news/detail.aspx?cat=" + cat + "&id={}",
        "/(S(a1b2c3d4))/News/Detail.aspx?id={}",
    )
    links = (
        f'<tr><td><a href="{forms[(nth + int(cat)) % 3].format(number)}">{TITLES[number]}</a></td></tr>'
        for nth, number in enumerate(SECTIONS[cat])
    )
    return frame(f"<table>{''.join(links)}</table>")


PAGE = "<h1>Chợ phiên vùng cao</h1><time datetime='2026-03-04T07:00:00+07:00'></time><article>{}</article>"


class Programs(dict[str, list[object]]):
    """Answers as two programs give them, whose names they know in small and capital letters."""

    def get(self, path: str, default: object = None) -> object:
        parts = urlsplit(path.lower())
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path in ("/", "/default.aspx"):
            return answer(listing("3"))
        if parts.path.endswith("/list.aspx") and asked.get("cat") in SECTIONS:
            return answer(listing(asked["cat"]))
        if parts.path.endswith("/detail.aspx") and asked.get("id") in TITLES:
            return answer(detail(asked["id"]))
        return super().get(path, default)


@pytest.fixture
def server() -> Iterator[RawServer]:
    with raw_server({}) as running:
        running.answers = Programs(running.answers)
        yield running


def asked(server: RawServer) -> list[str]:
    """The numbers of the articles whose pages were requested."""
    targets = (urlsplit(path.lower()) for path, _ in server.received)
    return sorted(parse_qs(one.query)["id"][0] for one in targets if one.path.endswith("/detail.aspx"))


def crawl(root: Path, server: RawServer, what: object, *options: object) -> None:
    done = baotinh("crawl", what, "--loopback", f"127.0.0.1:{server.port}", "--collection", root, *options)
    assert done.returncode == 0, done.stdout + done.stderr


def titles(root: Path) -> dict[str, str]:
    lines = [line for path in (root / "jsonl").glob("*") for line in path.read_text("utf-8").splitlines()]
    return {one["id"]: one["title"] for one in map(json.loads, lines)}


def test_such_a_paper_is_crawled_by_the_address_of_a_section(tmp_path: Path, server: RawServer) -> None:
    root = tmp_path / "c"
    for cat in SECTIONS:
        crawl(root, server, f"{HOST}/News/List.aspx?cat={cat}")
    assert titles(root) == {f"baothu.test:{number}": title for number, title in TITLES.items()}
    assert asked(server) == sorted(TITLES)
    crawl(root, server, f"{HOST}/News/List.aspx?cat=3", "--recheck")
    assert asked(server) == sorted([*TITLES, *TITLES])


def test_such_a_paper_is_drafted_and_the_draft_is_crawled(tmp_path: Path, server: RawServer) -> None:
    place, draft = f"127.0.0.1:{server.port}", tmp_path / "baothu.py"
    done = baotinh(
        "newspapers", "draft", f"{HOST}/", "--loopback", place, "--collection", tmp_path / "look", "--output", draft
    )
    assert done.returncode == 0, done.stdout + done.stderr
    drafted = draft.read_text("utf-8")
    assert r"(?i:/detail\.aspx\?(?:.*&)?id=)(?P<id>\d{3,})" in drafted
    assert '"/News/List.aspx?cat=4"' in drafted
    before = len(server.received)
    crawl(tmp_path / "c", server, draft)
    assert titles(tmp_path / "c") == {f"baothu:{number}": title for number, title in TITLES.items()}
    del server.received[:before]
    assert asked(server) == sorted(TITLES)


def test_an_address_behind_whose_number_a_query_says_whence_one_came_is_no_other_one(tmp_path: Path) -> None:
    links = "".join(
        f'<h2><a href="/bai/cho-phien-vung-cao-{number}.html?from={source}">Chuyện kể ở chợ phiên {number}</a></h2>'
        for source in ("home", "muc")
        for number in (40001, 40002)
    )
    text = PAGE.format(
        "<p>Chợ họp trên bãi bằng ven suối từ sáng sớm, khi sương còn chưa tan hết trên các mái nhà.</p>" * 3
    )
    addresses = [f"/bai/cho-phien-vung-cao-{number}.html" for number in (40001, 40002)]
    with raw_server({"/muc/": answer(links)}) as server:
        server.answers |= {f"{path}?from={source}": answer(text) for path in addresses for source in ("home", "muc")}
        crawl(tmp_path / "c", server, f"{HOST}/muc/")
        assert sum(path.startswith("/bai/") for path, _ in server.received) == 2


def test_a_recheck_asks_for_one_address_of_each_article(tmp_path: Path) -> None:
    """Also where lists named an article under two addresses of different words, and both were read."""
    text = PAGE.format("<p>Chợ họp trên bãi bằng ven suối từ sáng sớm, khi sương còn chưa tan hết.</p>" * 3)
    words = "cho-phien-vung-cao-mo-lai-tu-thang-ba"
    paths = [f"/{section}/{words}" for section in ("xa-hoi", "van-hoa")]
    links = "".join(f'<h2><a href="{path}">Chợ phiên vùng cao mở lại từ tháng ba</a></h2>' for path in paths)
    with raw_server({"/muc/": answer(links), **{path: answer(text) for path in paths}}) as server:
        crawl(tmp_path / "c", server, f"{HOST}/muc/")
        assert sorted(path for path, _ in server.received if path in paths) == sorted(paths)
        server.received.clear()
        crawl(tmp_path / "c", server, f"{HOST}/muc/", "--recheck")
        assert len([path for path, _ in server.received if path in paths]) == 1  # whichever was read first


def test_a_declared_pattern_may_look_into_the_query(tmp_path: Path, server: RawServer) -> None:
    pattern = r"/tin\.php\?(?:.*&)?bai=(?P<id>\d+)"
    links = "".join(f'<h2><a href="/tin.php?muc=2&bai={n}&u={n}">Chuyện kể ở chợ phiên</a></h2>' for n in (7, 8))
    page = article("Chợ phiên")
    with raw_server({"/van-hoa/": answer(links)}) as own:
        own.answers |= {f"/tin.php?muc=2&bai={n}&u={n}": page for n in (7, 8)}
        paper = Paper(tmp_path, own.port, article_pattern=pattern)
        paper.crawl()
        assert paper.ids() == {"7", "8"}
