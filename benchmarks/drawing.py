"""Pages that scripts draw: the crawl with its browser, against the same Chromium that fetches the pages by itself."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.table import Row, Scale, ratio
from crawler.browser.installed import require_browser

DECLARED = '''"""A newspaper whose pages scripts draw."""

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout, Section


class Drawn(NewspaperSpider):
    name = "baove"
    title = "Báo Vẽ"
    province = "Lào Cai"
    provinces_before = ("Lào Cai", "Yên Bái")
    hosts = ("baove.vn",)
    sections = (Section("Đời sống", "/doi-song"),)
    article_pattern = r"^/tin/bai-(?P<id>\\d+)[.]html$"
    layouts = (Layout(title="h1", body=".than", published_at="time"),)
    needs_browser = ("articles",)
'''
_SHELL = (
    '<!DOCTYPE html><meta charset="utf-8"><link rel="stylesheet" href="/app.css"><div id="app"></div>'
    '<script src="/khung.js"></script><script src="/app.js"></script>'
)
_APP = """fetch("/api" + location.pathname).then((answer) => answer.json()).then((one) => {
  document.getElementById("app").innerHTML = `<h1>${one.title}</h1><time>${one.at}</time><div class="than">` +
    one.body.map((text) => `<p>${text}</p>`).join("") + "</div><ul>" +
    one.others.map((text) => `<li><a href="#">${text}</a></li>`).join("") + "</ul>" });"""
_SENTENCE = "Sáng sớm, người dân bản trên đã gùi rau xuống chợ phiên bên suối. "


def _answer(path: str, articles: int) -> tuple[str, str] | None:
    """The media type and the text at a path; pages of 30 KB as drawn, with 200 KB of scripts and 50 KB of styles."""
    if path == "/doi-song":
        numbers = range(1001, 1001 + articles)
        return "text/html", "".join(f'<p><a href="/tin/bai-{one}.html">Chợ phiên số {one}</a></p>' for one in numbers)
    if path.startswith("/tin/"):
        return "text/html", _SHELL
    if path == "/khung.js":
        return "text/javascript", "".join(f"function f{one}(a) {{ return a + {one} }}\n" for one in range(5000))
    if path == "/app.js":
        return "text/javascript", _APP
    if path == "/app.css":
        return "text/css", "".join(f".c{one} {{ margin: {one}px; color: #123 }}\n" for one in range(1500))
    if path.startswith("/api/tin/"):
        said = {"title": f"Bài {path[-9:-5]} từ chợ phiên", "at": "2026-01-08T07:00:00+07:00",
                "body": [_SENTENCE * 5 + str(one) for one in range(40)], "others": [_SENTENCE] * 40}  # fmt: skip
        return "application/json", json.dumps(said, ensure_ascii=False)
    return None


def _serve(told: Connection, articles: int) -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = _answer(self.path, articles)
            octets = found[1].encode() if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", f"{found[0] if found else 'text/plain'}; charset=utf-8")
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.send(server.server_address[1])
    server.serve_forever()


@contextlib.contextmanager
def _origin(articles: int) -> Iterator[int]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there, articles), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.kill()


def _crawled(folder: Path, port: int, limit: int, at_once: int) -> float:
    """Seconds of a crawl of so many pages."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "crawl", folder / "baove.py", "--loopback", f"127.0.0.1:{port}",
         "--collection", folder / f"{limit}-{at_once}-{began}", "--limit", str(limit), "--json"],
        env={**os.environ, "BAOTINH_BROWSER_PAGES": str(at_once)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    counts = json.loads(done.stdout.splitlines()[-1])["counts"] if done.returncode == 0 else {}
    if counts.get("articles new") != limit:
        raise SystemExit(f"{done.stdout} {done.stderr}")
    return time.perf_counter() - began


def _alone(port: int, pages: int) -> float:
    """Seconds a page of Chromium alone, each in a context of its own, until half a second without a request."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        rules = f"--host-resolver-rules=MAP * 127.0.0.1:{port}"
        browser = playwright.chromium.launch(executable_path=require_browser("baove", ""), args=[rules])
        began = time.perf_counter()
        for number in range(pages):
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"http://baove.test/tin/bai-{1001 + number}.html", wait_until="networkidle")
            if "chợ phiên" not in page.content():
                raise SystemExit("Chromium alone drew no article")
            context.close()
        seconds = (time.perf_counter() - began) / pages
        browser.close()
        return seconds


def drawing(scale: Scale) -> Iterator[Row]:
    """Seconds a page, one page at a time and two, without the start of crawl and browser."""
    pages, turns = {"full": (40, 3), "quick": (12, 1), "tiny": (3, 1)}[scale]
    with _origin(pages) as port, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "baove.py").write_text(DECLARED, "utf-8")
        each: dict[int, list[float]] = {1: [], 2: []}
        alone = []
        for _ in range(turns):
            for at_once, found in each.items():
                first = _crawled(folder, port, 1, at_once)
                found.append(max(0.0, _crawled(folder, port, pages, at_once) - first) / (pages - 1))
            alone.append(_alone(port, pages))
    yield Row(
        what="a page that scripts draw, 30 KB of text",
        wanted="at most 3 s",
        measured=f"{ratio(each[1])} s",
        ours=f"two at once {ratio(each[2])} s each",
        theirs=f"Chromium alone {ratio(alone)} s",
    )
