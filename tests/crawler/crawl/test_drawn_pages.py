"""Pages that scripts draw: crawled in real Chromium over loopback, their exchanges and their DOM in the archive."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support import drawn_paper
from support.browsing import NEEDS_CHROMIUM
from support.crawling import baotinh
from support.raw_server import RawServer, asked, raw_server
from support.small_paper import answer, redirect

from archive.collection import Collection
from archive.warc.reader import Record, read_records

pytestmark = NEEDS_CHROMIUM


def crawl(server: RawServer, folder: Path, *options: object, code: int = 0, **environment: str) -> str:
    paper = folder / "baomay.py"
    done = baotinh(
        "crawl", paper if paper.exists() else drawn_paper.declare(folder), "--loopback", f"127.0.0.1:{server.port}",
        "--collection", folder / "c", *options, **environment,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def articles(root: Path) -> dict[str, dict[str, Any]]:
    files = sorted((root / "jsonl").glob("*"), key=lambda path: path.stat().st_mtime_ns)
    lines = [line for path in files for line in path.read_text("utf-8").splitlines()]
    return {one["url"].removeprefix(drawn_paper.HOST): one for one in map(json.loads, lines)}


def records(root: Path) -> list[Record]:
    return [record for path in sorted((root / "warc").iterdir()) for record in read_records(path)]


def report(root: Path) -> dict[str, Any]:
    newest = max((root / "reports").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    said: dict[str, Any] = json.loads(newest.read_text("utf-8"))
    return said


def assert_true(found: dict[str, Any], number: int) -> None:
    true = drawn_paper.truth(number)
    words = [block["text"] for block in found["body"] if block["type"] == "paragraph"]
    assert (found["title"], found["lead"], found["published_at"]) == (true["title"], true["lead"], true["at"])
    assert words == true["body"] and found["section"] == "Đời sống"
    (image,) = found["images"]
    assert (image["url"], image["caption"]) == (drawn_paper.HOST + true["picture"], true["caption"])
    assert image["capture"] is not None


def test_articles_are_read_as_scripts_drew_them_and_all_exchanges_are_archived(tmp_path: Path) -> None:
    with raw_server(drawn_paper.pages(3)) as server:
        crawl(server, tmp_path, XDG_CONFIG_HOME=str(tmp_path / "config"))
        # the browser leaves nothing in the configuration of a user's own browser
        assert not (tmp_path / "config").exists()
        found = articles(tmp_path / "c")
        assert found.keys() == {drawn_paper.path_of(number) for number in range(3)}
        for number in range(3):
            assert_true(found[drawn_paper.path_of(number)], number)
        # what crossed the transport is in the archive, byte for byte and no more than once
        kept = records(tmp_path / "c")
        requests = sorted(record.block for record in kept if record.type == "request")
        assert requests == sorted(octets for _, octets in server.received)
        responses = {record.block for record in kept if record.type == "response"}
        assert responses == {octets for path, octets in server.sent}
        # scripts and styles are asked for once, whatever number of pages need them
        assert len(asked(server)) == len(set(asked(server)))
    (warcinfo,) = [record.block for record in kept if record.type == "warcinfo"]
    assert re.search(rb"(?m)^browser: \S*Chrom\S* \d+\.", warcinfo)
    doms = {record.record_id: record for record in kept if record.type == "resource"}
    pages = {record.record_id: record for record in kept if record.type in ("response", "revisit")}
    assert len(doms) == 4
    for path, article in found.items():
        dom, page = doms[article["dom_capture"]["record_id"]], pages[article["capture"]["record_id"]]
        assert dom.url == "urn:dom:" + drawn_paper.HOST + path and page.url == drawn_paper.HOST + path
        assert dom.header("WARC-Concurrent-To") == f"<{page.record_id}>"
        assert dom.header("WARC-Date") == page.header("WARC-Date")
        assert article["title"].encode() in dom.block and article["title"].encode() not in page.block
    doctor = baotinh("newspapers", "doctor", tmp_path / "baomay.py", "--collection", tmp_path / "c")
    assert doctor.returncode == 0, doctor.stderr
    assert doctor.stdout.startswith("baomay: 3 of 3 article pages") and "All rules match." in doctor.stdout
    assert baotinh("verify", tmp_path / "c").returncode == 0


def test_nothing_is_read_twice_and_a_change_behind_the_shell_is_found(tmp_path: Path) -> None:
    served = drawn_paper.pages(3)
    with raw_server(served) as server:
        crawl(server, tmp_path)
        since = len(server.received)
        crawl(server, tmp_path)
        assert not [path for path in asked(server, since) if path.startswith(("/api/tin", "/tin", "/anh"))]
        changed = drawn_paper.truth(1) | {"title": "Phiên chợ sớm dời sang thứ bảy"}
        served["/api/tin/1001"][:] = drawn_paper.as_json(changed)
        crawl(server, tmp_path, "--recheck")
    assert report(tmp_path / "c")["counts"]["articles changed"] == 1
    assert articles(tmp_path / "c")[drawn_paper.path_of(1)]["title"] == changed["title"]


def test_an_archive_is_read_again_from_what_was_drawn_without_a_browser(tmp_path: Path) -> None:
    with raw_server(drawn_paper.pages(3)) as server:
        crawl(server, tmp_path)
    (archive,) = (tmp_path / "c" / "warc").iterdir()
    done = baotinh(
        "crawl", tmp_path / "baomay.py", "--from-archive", archive, "--loopback", f"127.0.0.1:{server.port}",
        "--collection", tmp_path / "again", BAOTINH_BROWSER="/no/such/browser",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    before, after = articles(tmp_path / "c"), articles(tmp_path / "again")
    assert before.keys() == after.keys()
    for path, article in before.items():
        assert after[path]["content_hash"] == article["content_hash"]
        assert after[path]["dom_capture"]["record_id"] == article["dom_capture"]["record_id"]
    done = baotinh("rebuild", "--collection", tmp_path / "c")
    assert done.returncode == 0, done.stdout + done.stderr
    assert articles(tmp_path / "c") == before and baotinh("verify", tmp_path / "c").returncode == 0


@pytest.mark.parametrize("way", ["scrolling", "a button", "a declared button"])
def test_a_list_loads_more_while_it_names_something_new(tmp_path: Path, way: str) -> None:
    words = "&darr;&darr;" if way == "a declared button" else "Xem thêm"
    served = drawn_paper.pages(9, button=way != "scrolling", words=words)
    if way == "a declared button":
        drawn_paper.declare(tmp_path, 'more_button = "#them"')
    with raw_server(served) as server:
        crawl(server, tmp_path)
        assert articles(tmp_path / "c").keys() == {drawn_paper.path_of(number) for number in range(9)}
        # another run reads the list as far as it knows it
        since = len(server.received)
        crawl(server, tmp_path)
        assert [path for path in asked(server, since) if "/api/" in path] == ["/api/muc/doi-song?trang=1"]
    covered = report(tmp_path / "c")["covered"]
    assert len(covered) == 1


def test_a_list_loads_no_more_than_it_may(tmp_path: Path) -> None:
    with raw_server(drawn_paper.pages(9)) as server:
        crawl(server, tmp_path, BAOTINH_BROWSER_LOADS="1")
        assert [path for path in asked(server) if "/api/muc" in path] == [
            f"/api/muc/doi-song?trang={number}" for number in (1, 2)
        ]
    assert len(articles(tmp_path / "c")) == 6 and not report(tmp_path / "c")["covered"]


def test_a_list_loads_no_more_than_the_limit_needs(tmp_path: Path) -> None:
    with raw_server(drawn_paper.pages(9)) as server:
        crawl(server, tmp_path, "--limit", 2)
        assert [path for path in asked(server) if "/api/muc" in path] == ["/api/muc/doi-song?trang=1"]
    assert len(articles(tmp_path / "c")) == 2 and not report(tmp_path / "c")["covered"]


def test_a_paper_that_needs_a_browser_is_refused_without_one(tmp_path: Path) -> None:
    with raw_server(drawn_paper.pages(1)) as server:
        said = crawl(server, tmp_path, code=1, BAOTINH_BROWSER=str(tmp_path / "chromium"))
        assert not server.received
    assert re.search(r"baomay needs a browser.* chromium", said.replace("\n", " ")) and not (tmp_path / "c").exists()


def test_what_was_drawn_is_explained_and_verified(tmp_path: Path) -> None:
    with raw_server(drawn_paper.pages(1)) as server:
        crawl(server, tmp_path)
    url = drawn_paper.HOST + drawn_paper.path_of(0)
    done = baotinh("explain", url, "--collection", tmp_path / "c")
    assert done.returncode == 0 and drawn_paper.truth(0)["title"] in done.stdout, done.stdout + done.stderr
    catalog = sqlite3.connect(tmp_path / "c" / "catalog.sqlite")
    with catalog:
        catalog.execute("UPDATE captures SET offset = offset + 1 WHERE url LIKE 'urn:dom:%/tin/%'")
    catalog.close()
    done = baotinh("verify", tmp_path / "c")
    assert done.returncode == 1 and "baomay:1000" in done.stdout, done.stdout


def test_screenshots_are_kept_where_they_are_asked_for(tmp_path: Path) -> None:
    with raw_server(drawn_paper.pages(1)) as server:
        crawl(server, tmp_path, BAOTINH_SCREENSHOTS="1")
        assert asked(server).count("/anh/0.png") == 1  # for the browser, and for the article
    kept = records(tmp_path / "c")
    pages = {record.record_id: record for record in kept if record.type in ("response", "revisit")}
    shots = {record.url: record for record in kept if (record.url or "").startswith("urn:view:")}
    assert shots.keys() == {
        f"urn:view:{drawn_paper.HOST}{path}" for path in (drawn_paper.SECTION, drawn_paper.path_of(0))
    }
    for url, shot in shots.items():
        page = pages[(shot.header("WARC-Concurrent-To") or "").strip("<>")]
        assert url == f"urn:view:{page.url}" and shot.header("WARC-Date") == page.header("WARC-Date")
        assert shot.header("Content-Type") == "image/png"
        with Image.open(io.BytesIO(shot.block)) as picture:
            assert picture.size == (1280, 1000) and len(picture.convert("RGB").getcolors(1 << 21) or ()) > 50
    assert baotinh("verify", tmp_path / "c").returncode == 0


def test_requests_follow_redirects_robots_and_bounds(tmp_path: Path) -> None:
    served = drawn_paper.pages(2)
    moved = served.pop("/api/tin/1000")
    served |= {"/api/tin/1000": redirect("/api/moi/1000"), "/api/moi/1000": moved}
    served["/robots.txt"] = answer("User-agent: *\nDisallow: /api/tin/1001\n", kind="text/plain")
    script = "for (let i = 0; i < 9; i++) fetch('/dem?' + i).catch(() => 0);"
    counting = f"if (found) setTimeout(() => {{ {script} }}, 300)"
    served["/app.js"] = answer(drawn_paper.SCRIPT + counting, kind="text/javascript")
    with raw_server(served) as server:
        said = crawl(server, tmp_path, BAOTINH_BROWSER_REQUESTS="6", BAOTINH_BROWSER_PAGES="1")
        paths = asked(server)
    assert "/api/tin/1001" not in paths and {"/api/tin/1000", "/api/moi/1000"} <= set(paths)
    assert articles(tmp_path / "c").keys() == {drawn_paper.path_of(0)}
    urls = [record.url for record in records(tmp_path / "c") if record.type == "response"]
    assert urls.count(f"{drawn_paper.HOST}/api/tin/1000") == urls.count(f"{drawn_paper.HOST}/api/moi/1000") == 1
    refused = {(one["reason"], one["host"]): one["count"] for one in report(tmp_path / "c")["refused"]}
    assert refused["robots.txt", "baomay.test"] == 1 and refused["too many requests", "baomay.test"] >= 3
    assert "to baomay.test: too many requests" in said and 0 < sum(path.startswith("/dem") for path in paths) <= 12


def test_sections_that_nobody_declares_are_found_on_a_drawn_home_page(tmp_path: Path) -> None:
    paper = drawn_paper.declare(tmp_path)
    paper.write_text(re.sub(r"    sections = .*\n", "", paper.read_text("utf-8")), "utf-8")
    with raw_server(drawn_paper.pages(4)) as server:
        crawl(server, tmp_path)
    found = articles(tmp_path / "c")
    assert found.keys() == {drawn_paper.path_of(number) for number in range(4)}
    assert {article["section"] for article in found.values()} == {"Đời sống"}


def test_single_pages_are_drawn_too(tmp_path: Path) -> None:
    drawn_paper.declare(tmp_path)
    served = drawn_paper.pages(1)
    with raw_server(served) as server:
        done = baotinh(
            "capture", drawn_paper.HOST + drawn_paper.path_of(0), "--loopback", f"127.0.0.1:{server.port}",
            "--collection", tmp_path / "c", BAOTINH_NEWSPAPERS=str(tmp_path),
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "/api/tin/1000" in asked(server)
        done = baotinh(
            "capture", drawn_paper.HOST + drawn_paper.path_of(0), "--loopback", f"127.0.0.1:{server.port}",
            "--collection", tmp_path / "d", BAOTINH_NEWSPAPERS=str(tmp_path), BAOTINH_BROWSER="none",
        )  # fmt: skip
        assert done.returncode == 1 and "baomay needs a browser" in done.stderr + done.stdout
    (found,) = articles(tmp_path / "c").values()
    assert found["title"] == drawn_paper.truth(0)["title"] and found["dom_capture"]


def test_data_may_be_asked_for_by_post_and_with_fields_of_the_page(tmp_path: Path) -> None:
    served = drawn_paper.pages(1)
    script = drawn_paper.SCRIPT.replace(
        '{ headers: { "X-Requested-With": "XMLHttpRequest" } }',
        '{ method: "POST", headers: { "X-Toa-Soan": "may", "Content-Type": "application/json" },'
        " body: JSON.stringify({ path }) }",
    )
    served["/app.js"] = answer(script, kind="text/javascript")
    with raw_server(served) as server:
        crawl(server, tmp_path)
        sent = {path: octets for path, octets in server.received if path.startswith("/api/")}
    assert articles(tmp_path / "c").keys() == {drawn_paper.path_of(0)}
    for path, octets in sent.items():
        head, _, body = octets.partition(b"\r\n\r\n")
        assert head.startswith(b"POST ") and json.loads(body) == {"path": path}
        assert re.search(rb"(?im)^x-toa-soan: may\r?$", head) and not re.search(rb"(?im)^cookie:", head)
        assert re.search(rb"(?im)^user-agent: baotinh/\S+ \(demonstration\)\r?$", head)
    kept = {record.block for record in records(tmp_path / "c") if record.type == "request"}
    assert kept >= set(sent.values())
    with Collection.open(tmp_path / "c").catalog() as catalog:
        before = {capture.record_id: capture.url for capture in catalog.every_capture()}
    assert sum("?__wb_method=POST&path=" in url or "&__wb_method=POST&path=" in url for url in before.values()) == 2
    assert baotinh("rebuild", "--collection", tmp_path / "c").returncode == 0
    with Collection.open(tmp_path / "c").catalog() as catalog:
        assert {capture.record_id: capture.url for capture in catalog.every_capture()} == before
    assert baotinh("verify", tmp_path / "c").returncode == 0


def test_papers_without_scripts_never_import_playwright() -> None:
    modules = "crawler.cli.commands, crawler.runs.run, crawler.runs.session_extension, crawler.crawl.single_pages"
    code = f"import sys, {modules}; sys.exit('playwright' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0


def test_the_list_of_newspapers_says_what_scripts_draw(tmp_path: Path) -> None:
    drawn_paper.declare(tmp_path)
    done = baotinh("newspapers", "--province", "Lào Cai", BAOTINH_NEWSPAPERS=str(tmp_path), COLUMNS="250")
    (line,) = [line for line in done.stdout.splitlines() if "baomay" in line]
    assert "drawn by scripts: sections, articles" in line
    done = baotinh("newspapers", "--province", "Lào Cai", "--json", BAOTINH_NEWSPAPERS=str(tmp_path))
    (profile,) = [one for one in map(json.loads, done.stdout.splitlines()) if one["name"] == "baomay"]
    assert profile["needs_browser"] == ["sections", "articles"] and profile["needs_javascript"] is True


def test_a_page_whose_data_is_deferred_stays_due(tmp_path: Path) -> None:
    with raw_server(drawn_paper.pages(1)) as server:
        # robots.txt, the list with its script, style, font and data, the article's page: and no more today
        said = crawl(server, tmp_path, BAOTINH_DAILY_REQUESTS="7")
        assert drawn_paper.path_of(0) in asked(server) and "/api/tin/1000" not in asked(server)
        assert not articles(tmp_path / "c") and "Deferred, and still due" in said
        crawl(server, tmp_path, "--due")
    assert_true(articles(tmp_path / "c")[drawn_paper.path_of(0)], 0)


def test_a_declaration_is_checked_on_pages_as_they_were_drawn(tmp_path: Path) -> None:
    with raw_server(drawn_paper.pages(3)) as server:
        done = baotinh(
            "newspapers", "check", drawn_paper.declare(tmp_path), "--loopback", f"127.0.0.1:{server.port}",
            "--collection", tmp_path / "c", "--json",
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    said = {one["rule"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert {(said[rule]["matched"], said[rule]["of"]) for rule in ("read title", "read body")} == {(2, 2)}
    assert len([record for record in records(tmp_path / "c") if record.url and record.url.startswith("urn:dom:")]) == 4
    assert baotinh("verify", tmp_path / "c").returncode == 0


def test_a_site_that_scripts_draw_is_drafted_drawn_and_crawled_by_its_draft(tmp_path: Path) -> None:
    draft = tmp_path / "nhap.py"
    with raw_server(drawn_paper.pages(9)) as server:
        place = ("--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path / "c")
        plain = baotinh("newspapers", "draft", "http://baomay.test/", *place)
        assert plain.returncode == 1 and "--draw" in plain.stderr
        done = baotinh("newspapers", "draft", "http://baomay.test/", "--draw", "--output", draft, *place)
        assert done.returncode == 0, done.stdout + done.stderr
        assert 'needs_browser = ("sections", "articles")' in draft.read_text("utf-8")
        crawled = baotinh(
            "crawl", draft, "--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path / "crawled", "--limit", 3
        )
        assert crawled.returncode == 0, crawled.stdout + crawled.stderr
    found = articles(tmp_path / "crawled")
    assert len(found) == 3
    for path, article in found.items():
        number = next(number for number in range(9) if drawn_paper.path_of(number) == path)
        true = drawn_paper.truth(number)
        assert (article["title"], article["lead"], article["published_at"]) == (true["title"], true["lead"], true["at"])
        assert [one["text"] for one in article["body"] if one["type"] == "paragraph"] == true["body"]
