"""A page that holds commands for terminals gets none of them past any command, be it to a terminal or into a pipe."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from fastapi.testclient import TestClient
from support.crawling import baotinh
from support.pseudo_terminal import ROOT, on_terminal
from support.raw_server import raw_server
from support.small_paper import DECLARED, Paper, answer, listing

from archive.collection import Collection
from archive.web.app import site_app

PATH = "/cho-noi-post4711.html"
# Clears the screen, sets the title, writes to the clipboard, asks the terminal; C1 as UTF-8; turns the reading order.
COMMANDS = (
    "\x1b[2J\x1b[H",
    "\x1b]0;chiếm quyền\x07",
    "\x1b]52;c;cm0gLXJm\x07",
    "\x9b31m",
    "\x1bP+q544e\x1b\\",
    "\u202e",
    "\x7f",
)
HOSTILE = "".join(f"Phiên chợ {number}{command}" for number, command in enumerate(COMMANDS))
# What rich itself writes to a terminal: colours, its live view's cursor, and links to nowhere else.
OWN = re.compile(rb"\x1b\[[0-9;?]*[mKAhl]")


def page(title: str, reason: str = "OK") -> list[bytes]:
    """An article that is hostile in every field, its JSON-LD too."""
    linked = json.dumps({"@type": "NewsArticle", "headline": title, "author": {"@type": "Person", "name": title}})
    return answer(
        f"<title>{title}</title><script type='application/ld+json'>{linked}</script>"
        f"<h1 class='article__title'>{title}</h1><div class='article__sapo'>{title} từ sáng sớm.</div>"
        "<meta property='article:published_time' content='2025-06-17T13:43:00+07:00'>"
        f"<div class='article__body cms-body'><p>Ghe thuyền về chợ nổi từ lúc trời chưa sáng. {title}</p></div>",
        status=f"200 {reason}",
    )


def is_clean(octets: bytes) -> bool:
    """Whether bytes hold no character that a terminal obeys, but tab and line end."""
    return not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", octets.decode())


def test_no_command_of_a_page_reaches_a_terminal_or_a_pipe(tmp_path: Path) -> None:
    broken = answer("", status="500 Hỏng\x1b[2J\x9b5m")
    answers = {
        "/van-hoa/": listing(PATH, "/hong-post4712.html", "/la-post4713.html"),
        PATH: page(HOSTILE), "/hong-post4712.html": broken, "/la-post4713.html": answer(f"<h1>{HOSTILE}</h1>"),
    }  # fmt: skip
    with raw_server(answers) as server:
        paper = Paper(tmp_path, server.port)
        crawled = on_terminal(
            100, 40, "crawl", paper.declared, "--loopback", f"127.0.0.1:{server.port}", "--collection", paper.root, "-v"
        )
    with Collection.open(paper.root).catalog() as catalog:
        article = catalog.article("baolaocai:4711").article()
    assert not re.search("[\x00-\x1f\x7f-\x9f]", article.title) and article.title.startswith("Phiên chợ 0")
    held = ("--collection", paper.root)
    url = article.url
    saved = tmp_path / "page.html"
    saved.write_bytes(answers[PATH][0].partition(b"\r\n\r\n")[2])
    commands = [
        ("search", "chợ", *held), ("search", "chợ", "--json", *held), ("show", article.id, *held),
        ("show", article.id, "--json", *held), ("explain", url, *held), ("explain", saved, "--url", url),
        ("search", "\x1b[2Jchợ\x9b", "--section", "\x1b[2J", *held), ("show", "x:\x1b[2J", *held),
        ("explain", "\x1b[2J", *held), ("jobs", "history", *held),
        ("capture", "\x1b[2J", *held), ("crawl", "\x1b[2J", *held),
    ]  # fmt: skip
    for command in commands:
        if command[0] in ("search", "show", "explain") and "--json" not in command:
            shown = on_terminal(100, 40, *command)
            assert is_clean(OWN.sub(b"", shown.octets).replace(b"\r\n", b"\n")), (command, shown.octets)
        piped = baotinh(*command)
        assert is_clean((piped.stdout + piped.stderr).encode()), (command, piped.stdout)
    assert is_clean(OWN.sub(b"", crawled.octets).replace(b"\r\n", b"\n").replace(b"\r", b"")), crawled.octets
    site = TestClient(site_app(Collection.open(paper.root), "http://127.0.0.1:1"))
    for asked in ("/api/search?q=chợ", "/api/coverage", "/coverage.csv"):
        assert is_clean(site.get(asked).content), asked
    for path in (*paper.root.glob("logs/*"), *paper.root.glob("reports/*"), *paper.root.glob("jsonl/*")):
        assert is_clean(path.read_bytes()), path


FAILING = """

    def rules_of(self, url, section):
        raise ValueError("\x1b[2Jtrang\x9b5m")
"""


def test_scrapys_own_log_gets_no_commands(tmp_path: Path) -> None:
    """As under scrapyd, which starts crawls by Scrapy's own command and log."""
    with raw_server({"/van-hoa/": listing(PATH), PATH: page("Phiên chợ")}) as server:
        paper = Paper(tmp_path, server.port)
        paper.declared.write_text(DECLARED + FAILING, "utf-8")
        command = [sys.executable, "-m", "scrapy", "runspider", paper.declared, "--logfile", tmp_path / "log"]
        given = {"collection": paper.root, "loopback": f"127.0.0.1:{server.port}"}
        options = [part for name, value in given.items() for part in ("-a", f"{name}={value}")]
        done = subprocess.run([*command, *options], capture_output=True, check=False, timeout=240, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    log = (tmp_path / "log").read_bytes()
    assert "ValueError: \ufffd[2Jtrang\ufffd5m" in log.decode() and is_clean(log)
