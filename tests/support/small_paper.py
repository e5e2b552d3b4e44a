"""A small paper of one's own on a raw server: a declaration, pages by path, and the crawl's own command."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from archive.collection import Collection
from support.crawling import baotinh

DECLARED = '''"""Báo Lào Cai with one section, for a server of a few pages."""

from crawler.declaration.layout import Section
from spiders.families.mcms import McmsFamily


class Declared(McmsFamily):
    name = "baolaocai"
    title = "Báo Lào Cai"
    province = "Lào Cai"
    provinces_before = ("Lào Cai", "Yên Bái")
    hosts = ("baolaocai.vn",)
    sections = (Section("Văn hóa", "/van-hoa/"),)
'''
GONE = [b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"]
MISSING = [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"]
BROKEN = [b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"]
HOST = "http://baolaocai.test"


def answer(
    body: str | bytes, *fields: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8"
) -> list[Any]:
    """An answer, as the raw server takes it."""
    octets = body.encode() if isinstance(body, str) else body
    head = "".join(f"{field}\r\n" for field in (f"HTTP/1.1 {status}", f"Content-Type: {kind}", *fields))
    return [f"{head}Content-Length: {len(octets)}\r\n\r\n".encode() + octets]


def redirect(to: str, status: str = "301 Moved Permanently") -> list[Any]:
    """A redirect, permanent unless another status is given."""
    return answer("", f"Location: {to}", status=status)


def found(to: str) -> list[Any]:
    """A redirect for the time being."""
    return redirect(to, "302 Found")


def article(title: str, day: str = "2025-06-17", more: str = "") -> list[Any]:
    """An article's page."""
    return answer(
        f"<title>{title}</title><h1 class='article__title'>{title}</h1>"
        f"<meta property='article:published_time' content='{day}T13:43:00+07:00'>"
        f"<div class='article__body cms-body'><p>Chợ họp trên bãi bằng ven suối từ sáng sớm. {title}.</p>{more}</div>"
    )


def listing(*paths: str, following: str = "") -> list[Any]:
    """A section's list page, newest first."""
    links = "".join(f'<h2><a href="{path}">Chuyện kể ở chợ phiên vùng cao</a></h2>' for path in paths)
    return answer(links + (f'<p class="pagination"><a href="{following}">Trang sau</a></p>' if following else ""))


def sitemap(*entries: tuple[str, str], is_index: bool = False, is_zipped: bool = False) -> list[Any]:
    """A sitemap, or an index of sitemaps: addresses and when each was changed."""
    whole, one = ("sitemapindex", "sitemap") if is_index else ("urlset", "url")
    said = "".join(f"<{one}><loc>{url}</loc><lastmod>{at}</lastmod></{one}>" for url, at in entries)
    text = f"<{whole}>{said}</{whole}>"
    return (
        answer(gzip.compress(text.encode()), kind="application/gzip")
        if is_zipped
        else answer(text, kind="application/xml")
    )


class Paper:
    """The paper's declaration in a folder, and the collection that it is crawled into."""

    def __init__(self, folder: Path, port: int, **attributes: object) -> None:
        self.declared, self.root = folder / "paper.py", folder / "collection"
        self.place = f"127.0.0.1:{port}"
        lines = "".join(f"    {name} = {value!r}\n" for name, value in attributes.items())
        self.declared.write_text(DECLARED + lines, "utf-8")

    def crawl(self, *options: object, code: int | None = 0, **environment: str) -> dict[str, int]:
        """Crawl, which ends with that exit code (None: with any); what the run counted."""
        done = baotinh(
            "crawl", self.declared, "--loopback", self.place, "--collection", self.root, *options,
            **environment,
        )  # fmt: skip
        assert code is None or done.returncode == code, done.stdout + done.stderr
        with Collection.open(self.root).catalog() as catalog:
            return catalog.runs(1)[0].counts

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the catalog."""
        with Collection.open(self.root).catalog() as catalog:
            return catalog.connection.execute(query, values).fetchall()

    def ids(self) -> set[str]:
        """The ids of the articles that are held."""
        return {row[0].removeprefix("baolaocai:") for row in self.rows("SELECT id FROM articles")}

    def report(self) -> dict[str, Any]:
        """The last run's report."""
        ((name,),) = self.rows("SELECT name FROM runs ORDER BY id DESC LIMIT 1")
        said: dict[str, Any] = json.loads((self.root / "reports" / f"{name}.json").read_text("utf-8"))
        return said
