"""Drafting a declaration of a site that nobody declares, checking it, and crawling with it; and sites that are ugly."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.crawling import SEED, baotinh
from support.raw_server import Answer, raw_server

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.loading import load_file
from crawler.newsroom import RunningNewsroom, serve_newsroom

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def printing() -> Iterator[RunningNewsroom]:
    with serve_newsroom(seed=SEED, articles=60, undeclared=160) as running:
        yield running


@pytest.fixture(scope="module")
def drafted(printing: RunningNewsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drafted")
    draft(folder, printing.port, "http://baobienxanh.test/")
    return folder / "draft.py"


def draft(folder: Path, port: int, url: str) -> str:
    done = baotinh(
        "newspapers", "draft", url, "--loopback", f"127.0.0.1:{port}", "--collection", folder / "look",
        "--output", folder / "draft.py",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return (folder / "draft.py").read_text("utf-8")


def test_a_draft_finds_every_section(drafted: Path, printing: RunningNewsroom) -> None:
    paper = load_file(drafted, NewspaperSpider)
    found = {(section.name, section.path) for section in paper.sections}
    assert found == {(one["name"], one["path"]) for one in printing.truth()["undeclared"]["sections"]}
    assert paper.verified is None and paper.sitemaps == ("/sitemap.xml",) and paper.title == "Biển Xanh"


def test_crawling_with_the_draft_alone_reads_title_and_time(
    drafted: Path, printing: RunningNewsroom, tmp_path: Path
) -> None:
    done = baotinh("crawl", drafted, "--loopback", f"127.0.0.1:{printing.port}", "--collection", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line for path in (tmp_path / "jsonl").glob("*") for line in path.read_text("utf-8").splitlines()]
    found = {one["url"]: one for one in map(json.loads, lines)}
    truth = printing.truth()["undeclared"]["articles"]
    assert len(truth) == 160
    right = [one for one in truth if (got := found.get(one["url"]))
             and (got["title"], got["published_at"]) == (one["title"], one["published_at"])]  # fmt: skip
    assert len(right) >= 0.95 * len(truth)
    # an article that stands in the side column of every list may be found there first
    assert sum(found[one["url"]]["section"] == one["section"] for one in right) >= 0.9 * len(right)
    assert all(found[one["url"]]["article_id"] == one["article_id"] for one in right)


def test_a_draft_passes_linter_and_types_and_has_no_functions(drafted: Path, tmp_path: Path) -> None:
    text = drafted.read_text("utf-8")
    assert len(text.splitlines()) <= 60
    assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    tools = Path(sys.executable).parent
    for command in (["ruff", "check"], ["ruff", "format", "--check"]):
        done = subprocess.run(
            [tools / command[0], *command[1:], "--config", ROOT / "pyproject.toml", drafted],
            capture_output=True, text=True, check=False, timeout=240,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_draft_is_confirmed_by_a_check(drafted: Path, printing: RunningNewsroom, tmp_path: Path) -> None:
    done = baotinh(
        "newspapers", "check", drafted, "--loopback", f"127.0.0.1:{printing.port}", "--collection", tmp_path, "--json"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    verdicts = {one["rule"]: one for one in map(json.loads, done.stdout.splitlines())}
    for rule in ("article_pattern", "section_pages", "sitemaps", "read title", "read published_at", "read body"):
        assert verdicts[rule]["matched"] == verdicts[rule]["of"] > 0, rule
        assert verdicts[rule]["example"], rule
    assert verdicts["section /muc/kinh-te.htm"]["matched"] == 1
    assert verdicts["read title"]["is_required"] and not verdicts["read byline"]["is_required"]


def test_a_rule_that_matches_nothing_fails_the_check(drafted: Path, printing: RunningNewsroom, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text(drafted.read_text("utf-8").replace("div.bx-chu", "div.khong-co"), "utf-8")
    done = baotinh(
        "newspapers", "check", wrong, "--loopback", f"127.0.0.1:{printing.port}", "--collection", tmp_path / "c"
    )
    assert done.returncode == 1 and "matched nothing: required" in done.stdout


def test_a_declaration_is_checked_on_an_archive(printing: RunningNewsroom, tmp_path: Path) -> None:
    done = baotinh(
        "crawl", "baocantho", "--section", "kinh-te", "--limit", 6, "--loopback", f"127.0.0.1:{printing.port}",
        "--collection", tmp_path / "c",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    warc = next((tmp_path / "c" / "warc").glob("BAOTINH-baocantho-*"))
    for name in (["baocantho"], []):
        done = baotinh("newspapers", "check", *name, "--from-archive", warc, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        verdicts = {one["rule"]: one for one in map(json.loads, done.stdout.splitlines())}
        assert {one["newspaper"] for one in verdicts.values()} == {"baocantho"}
        assert verdicts["section /kinh-te/"]["matched"] == verdicts["section /kinh-te/"]["of"] == 1
        assert verdicts["read title"]["matched"] == verdicts["read title"]["of"] >= 5
    done = baotinh("newspapers", "check", "baonghean", "--from-archive", warc)
    assert done.returncode == 1 and "holds no page of baonghean.vn" in done.stderr


def test_an_accepted_page_is_read_again_by_each_check(printing: RunningNewsroom, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    own, kept = {"BAOTINH_NEWSPAPERS": str(folder)}, ("--collection", tmp_path / "c")
    place = ("--loopback", f"127.0.0.1:{printing.port}", *kept)
    assert baotinh("crawl", "baocantho", "--section", "kinh-te", "--limit", 6, *place, **own).returncode == 0
    warc = next((tmp_path / "c" / "warc").glob("BAOTINH-baocantho-*"))
    check = ("newspapers", "check", "baocantho", "--from-archive", warc)
    shown = baotinh(*check, **own)
    assert shown.returncode == 0 and "say it again with --accept" in shown.stdout
    assert not any(folder.iterdir())
    done = baotinh(*check, "--accept", **own)
    assert done.returncode == 0 and "Accepted: " in done.stdout and "verified = date(" in done.stdout
    (page,) = (folder / "baocantho").glob("*/page.html")
    expected = json.loads((page.parent / "expected.json").read_text("utf-8"))
    assert expected["title"] in shown.stdout and expected["url"] in shown.stdout
    truth = {one["url"]: one for one in printing.truth()["articles"]}
    assert expected["title"] == truth[expected["url"]]["title"]
    listed = next(line for line in baotinh("newspapers", **own).stdout.splitlines() if line.startswith(" baocantho "))
    assert page.parent.name in listed
    assert "read as accepted" in baotinh(*check, **own).stdout
    text = (ROOT / "spiders" / "baocantho.py").read_text("utf-8")
    for old, new in (
        ("    feeds =", '    layouts = (Layout(title=".titlecate h1", body="#newscontents"),)\n    feeds ='),
        ("import Section", "import Layout, Section"),
        ("    verified = date(2026, 1, 8)\n", ""),
    ):
        text = text.replace(old, new)
    (folder / "baocantho.py").write_text(text, "utf-8")
    done = baotinh(*check, **own)
    assert done.returncode == 1 and "now read otherwise" in " ".join(done.stdout.split())


def test_from_a_site_to_a_verified_newspaper_of_ones_own(printing: RunningNewsroom, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    place = ("--loopback", f"127.0.0.1:{printing.port}", "--collection", tmp_path / "c")
    declared = folder / "muaxuan.py"
    done = baotinh("newspapers", "draft", "http://baobienxanh.test/", "--output", declared, *place)
    assert done.returncode == 0 and "the file is called baobienxanh.py" in done.stdout, done.stderr
    declared.rename(folder / "baobienxanh.py")
    own = {"BAOTINH_NEWSPAPERS": str(folder)}
    check = ("newspapers", "check", "baobienxanh", *place)
    assert "say it again with --accept" in baotinh(*check, **own).stdout
    assert "Accepted: " in baotinh(*check, "--accept", **own).stdout
    again = baotinh(*check, **own)
    assert again.returncode == 0 and "read as accepted" in again.stdout and "--accept keeps this one" in again.stdout
    listed = json.loads(next(
        line for line in baotinh("newspapers", "--json", **own).stdout.splitlines() if '"baobienxanh"' in line
    ))  # fmt: skip
    assert listed["verified"] and listed["own_file"] == str(folder / "baobienxanh.py")
    done = baotinh("crawl", "baobienxanh", "--limit", 3, *place, **own)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_accepted_where_no_article_is_read(drafted: Path, printing: RunningNewsroom, tmp_path: Path) -> None:
    assert baotinh("newspapers", "check", "--accept").returncode == 2
    wrong, own = tmp_path / "baobienxanh.py", {"BAOTINH_NEWSPAPERS": str(tmp_path)}
    pattern = 'article_pattern = "^/khong/(?P<id>[0-9]+)$"'
    wrong.write_text(re.sub("article_pattern = .*", pattern, drafted.read_text("utf-8")), "utf-8")
    place = ("--loopback", f"127.0.0.1:{printing.port}", "--collection", tmp_path / "c")
    done = baotinh("newspapers", "check", wrong, "--accept", *place, **own)
    assert done.returncode == 1 and "nothing was accepted" in done.stderr


def test_a_draft_is_not_written_over_a_file(tmp_path: Path, printing: RunningNewsroom) -> None:
    (tmp_path / "draft.py").write_text("mine")
    done = baotinh(
        "newspapers", "draft", "http://baobienxanh.test/", "--loopback", f"127.0.0.1:{printing.port}", "--output",
        tmp_path / "draft.py",
    )  # fmt: skip
    assert done.returncode == 2 and (tmp_path / "draft.py").read_text() == "mine"


def test_all_declarations_are_checked_and_one_that_is_silent_stops_no_other(
    printing: RunningNewsroom, tmp_path: Path
) -> None:
    done = baotinh(
        "newspapers", "check", "--loopback", f"127.0.0.1:{printing.port}", "--collection", tmp_path, "--json"
    )
    assert done.returncode == 1, done.stderr
    read = {
        one["newspaper"] for one in map(json.loads, done.stdout.splitlines())
        if one["rule"] == "read title" and one["matched"] == one["of"] > 0
    }  # fmt: skip
    assert read == {"baocantho", "baolaocai", "baobaclieu"}


# ugly sites

NUMBERS = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
TITLES = [f"Chuyện thứ {number} về con đê giữ nước ngoài bãi" for number in NUMBERS]
SLUGS = [f"chuyen-thu-{number}-ve-con-de" for number in range(10)]


def answer(markup: str, *fields: str, status: str = "200 OK", kind: str = "text/html") -> list[Answer]:
    octets = markup.encode()
    head = "".join(f"{field}\r\n" for field in (f"HTTP/1.1 {status}", f"Content-Type: {kind}", *fields))
    return [f"{head}Content-Length: {len(octets)}\r\n\r\n".encode() + octets]


def article(number: int) -> list[Answer]:
    return answer(
        f"<title>{TITLES[number]} - Bãi Ngoài</title><table><tr><td class=o><font class=ten>{TITLES[number]}</font>"
        f"<h1>Bãi Ngoài</h1><h2 class=tit>{TITLES[number]}</h2>"
        f"<span class=gio>Thứ Sáu, {number + 1}/10/2018 | 16:2{number}</span>"
        f"<div class=bai><p>Con đê dài thêm mỗi năm một đoạn, ai cũng gánh đất đắp phần của mình.</p>"
        f"<p>Năm thứ {number}, nước lên đến mép đê rồi rút, ruộng trong đê vẫn khô ráo như thường.</p></div>"
        "</td></tr></table>"
    )


def ugly_site(padding: int = 0) -> dict[str, list[Answer]]:
    """No feed, no sitemap, a menu in a script, relative links, a redirect from the home page, and huge pages."""
    links = [f'<p><a href="../tin/{SLUGS[n]}-{7000 + n}.html">{TITLES[n]}</a></p>' for n in range(10)]
    menu = "<script>var muc=[{url:'/muc/xom-bai',name:'Xóm bãi'},{url:'/muc/ngoai-de',name:'Ngoài đê'}];</script>"
    filler = "<p>.</p>" * padding
    return {
        "/": answer("", "Location: /trang/chu.html", status="302 Found"),
        "/trang/chu.html": answer(menu + "".join(links[:3]) + filler),
        "/muc/xom-bai": answer(menu + "".join(links[:5]) + filler),
        "/muc/ngoai-de": answer(menu + "".join(links[5:]) + filler),
        **{f"/tin/{SLUGS[n]}-{7000 + n}.html": article(n) for n in range(10)},
    }


@pytest.mark.parametrize("padding", [0, 400_000], ids=["small", "huge"])
def test_an_ugly_site_is_drafted_all_the_same(tmp_path: Path, padding: int) -> None:
    with raw_server(ugly_site(padding)) as server:
        draft(tmp_path, server.port, "http://baingoai.test/")
        paper = load_file(tmp_path / "draft.py", NewspaperSpider)
        assert {section.path for section in paper.sections} == {"/muc/xom-bai", "/muc/ngoai-de"}
        assert paper.feeds == paper.sitemaps == ()
        done = baotinh(
            "crawl", tmp_path / "draft.py", "--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path / "c"
        )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line for path in (tmp_path / "c" / "jsonl").glob("*") for line in path.read_text("utf-8").splitlines()]
    found: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert sorted(one["title"] for one in found) == sorted(TITLES)
    assert {one["published_at"][:16] for one in found} == {f"2018-10-{n + 1:02}T16:2{n}" for n in range(10)}


WRITERS = ("Bùi Thị Lụa", "Đặng Văn Gòn", "Lưu Quế")


def later_article(number: int) -> list[Answer]:
    """A page of the site's next template: kicker, byline and related boxes, in elements of their own."""
    others = "".join(f"<li><a href=/tin/{SLUGS[n]}-{7000 + n}.html>{TITLES[n]}</a></li>" for n in (1, 2))
    return answer(
        f"<title>{TITLES[number]} - Bãi Ngoài</title><main><div class=kich>Xóm bãi mùa thứ {number}</div>"
        f"<h1 class=dau>{TITLES[number]}</h1><div class=dong><b>{number + 1}/10/2018 16:2{number}</b></div>"
        f"<div class=chu><p>Con đê dài thêm mỗi năm một đoạn, ai cũng gánh đất đắp phần của mình cho kịp lũ về.</p>"
        f"<ul class=cung>{others}</ul>"
        f"<p>Năm thứ {number}, nước lên đến mép đê rồi rút, ruộng trong đê vẫn khô ráo, lúa cấy lại không phải dặm.</p>"
        f"<p class=ky>{WRITERS[number % 3]}</p></div></main>"
    )


def test_a_site_of_two_templates_is_drafted_with_a_layout_for_each(tmp_path: Path) -> None:
    site = ugly_site() | {f"/tin/{SLUGS[n]}-{7000 + n}.html": later_article(n) for n in range(5, 10)}
    with raw_server(site) as server:
        text = draft(tmp_path, server.port, "http://baingoai.test/")
        paper = load_file(tmp_path / "draft.py", NewspaperSpider)
        done = baotinh(
            "crawl", tmp_path / "draft.py", "--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path / "c"
        )
    assert done.returncode == 0, done.stdout + done.stderr
    bodies = {layout.body: layout for layout in paper.layouts}
    assert set(bodies) == {"div.bai", "div.chu"} and "one of 2 layouts" in text
    later = bodies["div.chu"]
    assert (later.kicker, later.byline, later.related) == ("div.kich", "p.ky", "ul.cung")
    lines = [line for path in (tmp_path / "c" / "jsonl").glob("*") for line in path.read_text("utf-8").splitlines()]
    found = {int(one["article_id"]) - 7000: one for one in map(json.loads, lines)}
    assert {n: one["title"] for n, one in found.items()} == dict(enumerate(TITLES))
    assert {n: one["published_at"][:16] for n, one in found.items()} == {
        n: f"2018-10-{n + 1:02}T16:2{n}" for n in range(10)
    }
    for number in range(5, 10):
        assert found[number]["authors"] == [WRITERS[number % 3]]
        assert found[number]["kicker"] == f"Xóm bãi mùa thứ {number}"
        assert [block["type"] for block in found[number]["body"]] == ["paragraph", "related", "paragraph"]


def test_what_a_site_says_is_never_code_in_its_draft(tmp_path: Path) -> None:
    evil = 'Báo \\"""\nimport os; os.abort()  # {0} \u2028'
    section = f"<nav><a href='/a/'>{evil[:20]}</a><a href='/b/'>x'y</a><a href='/c/'>c</a></nav>"
    site = ugly_site()
    head = f"<meta property=\"og:site_name\" content='{evil}'><title>{evil}</title>"
    site["/trang/chu.html"] = answer(head + section + "".join(
        f'<p><a href="/tin/{SLUGS[n]}-{7000 + n}.html">{TITLES[n]}</a></p>' for n in range(10)
    ))  # fmt: skip
    with raw_server(site) as server:
        text = draft(tmp_path, server.port, "http://baingoai.test/")
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert "os" not in names and not [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)]
    assert "os.abort" in load_file(tmp_path / "draft.py", NewspaperSpider).title


def test_a_site_without_articles_is_no_draft(tmp_path: Path) -> None:
    with raw_server({"/": answer("<p>Đang xây dựng</p>")}) as server:
        done = baotinh(
            "newspapers", "draft", "http://trong.test/", "--loopback", f"127.0.0.1:{server.port}", "--collection",
            tmp_path,
        )  # fmt: skip
    assert done.returncode == 1 and "looks like an article's" in done.stderr


def test_a_site_that_does_not_answer_is_no_draft(tmp_path: Path) -> None:
    with raw_server({"/": answer("", status="404 Not Found")}) as server:
        port = server.port
        done = baotinh(
            "newspapers", "draft", "http://trong.test/", "--loopback", f"127.0.0.1:{port}", "--collection", tmp_path
        )
    assert done.returncode == 1 and "no page could be fetched" in done.stderr


def test_a_draft_without_a_layout_says_so_and_what_helps(tmp_path: Path) -> None:
    """Every article page is made otherwise, as on a site with templates of many years."""
    paths = [f"/ghe-cho-tren-song-hau-post{number}.html" for number in range(701, 709)]
    words = "Ghe thuyền về chợ nổi từ lúc trời chưa sáng, trên mũi ghe treo cây bẹo. " * 3
    links = "".join(f'<h2><a href="{path}">Ghe chợ trên sông Hậu mùa nước nổi</a></h2>' for path in paths)
    pages = {"/": answer(f"<title>Báo Biển\x1b[2J Xanh\u202e\x9b</title>{links}", kind="text/html; charset=utf-8")}
    for number, path in enumerate(paths):
        tag = ("article", "section", "div", "main", "td", "center", "aside", "blockquote")[number]
        pages[path] = answer(f"<{tag}>{words}</{tag}>")
    with raw_server(pages) as server:
        done = baotinh(
            "newspapers", "draft", "http://baobienxanh.test/", "--loopback", f"127.0.0.1:{server.port}",
            "--collection", tmp_path,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "layouts = ()" in done.stdout and compile(done.stdout, "draft", "exec")
    assert done.stdout.replace("\n", "").isprintable() and "Báo Biển" in done.stdout
    assert "No layout was drafted" in done.stderr and "write a Layout for each template" in done.stderr
