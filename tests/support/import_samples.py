"""Archives of other programs that tests make themselves, and what an import of them reports."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs

from archive.collection import Collection
from support.crawling import baotinh
from support.hostile_paper import article
from support.warc_samples import record, zipped

FIRST, SECOND = "2026-01-08T12:00:00Z", "2026-02-08T12:00:00Z"
PAPER, OTHER = "https://baocantho.com.vn", "https://tinhxa.example"
INFO = record("warcinfo", 900, b"software: Xe ba banh/1.0\r\nformat: WARC File Format 1.0\r\n")
GENERAL = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>
<meta property="og:type" content="article"><meta property="og:title" content="{title}">
<meta property="article:published_time" content="2026-01-05T07:30:00+07:00"></head>
<body><nav><a href="/">Trang chủ</a></nav><article><h1>{title}</h1>{body}</article></body></html>"""
_SENTENCES = (
    "Sáng nay bà con trong xã góp công đắp lại con đường ra chợ trước mùa mưa, mỗi nhà một ngày công.",
    "Theo ông trưởng ấp, đoạn đường dài hơn hai cây số đã hư hỏng từ nhiều năm trước và rất khó đi lại.",
    "Xã sẽ hỗ trợ đá và xi măng, phần còn lại do người dân tự làm lấy trong hai tháng tới.",
)


def url_of(number: int, host: str = PAPER) -> str:
    """The address of an article."""
    return f"{host}/ba-con-dap-duong-lan-thu-{number}-a1{number:05}.html"


def general_page(title: str) -> bytes:
    """The answer with an article of a paper that nobody declares."""
    body = "".join(f"<p>{title}: {sentence}</p>" for sentence in _SENTENCES)
    octets = GENERAL.format(title=title, body=body).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(octets) + octets


def response(number: int, url: str, block: bytes, date: str = FIRST, fields: Iterable[tuple[str, str]] = ()) -> bytes:
    """A response record, without digests unless `fields` has them."""
    return record("response", number, block, [("WARC-Target-URI", url), ("WARC-Date", date), *fields])


def of_paper(number: int, title: str | None = None, date: str = FIRST, url_number: int | None = None) -> bytes:
    """A response with an article of a declared paper."""
    url = url_of(number if url_number is None else url_number)
    return response(number, url, article(title or f"Bài số {number}"), date)


def archive(path: Path, records: Iterable[bytes] = ()) -> Path:
    """A WARC file as most programs write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zipped([INFO, *records]))
    return path


@attrs.frozen
class Imported:
    """An import's exit code, what it printed, and the lines of its report."""

    done: subprocess.CompletedProcess[str]
    files: list[dict[str, Any]]
    pages: list[dict[str, Any]]

    @property
    def outcomes(self) -> dict[str, int]:
        """How many pages became what."""
        return dict(Counter(page["outcome"] for page in self.pages))

    def page(self, url: str) -> dict[str, Any]:
        """What the page of an address became."""
        (found,) = (page for page in self.pages if page["page"] == url)
        return found


def run_import(root: Path, *arguments: object, code: int = 0) -> Imported:
    """Import into the collection at `root`."""
    reports = root / "reports"
    before = set(reports.glob("*.pages.jsonl")) if reports.is_dir() else set()
    done = baotinh("import", "--collection", root, *arguments)
    assert done.returncode == code, done.stdout + done.stderr
    new = set(reports.glob("*.pages.jsonl")) - before if reports.is_dir() else set()
    lines = [json.loads(line) for path in sorted(new) for line in path.read_text("utf-8").splitlines()]
    return Imported(done, [line for line in lines if "source" in line], [line for line in lines if "page" in line])


def articles(root: Path) -> dict[str, str]:
    """The titles of the articles that are held, by their ids."""
    with Collection.open(root).catalog() as catalog:
        versions = list(catalog.latest_versions(0, 1 << 60, 10_000))
        return {version.article_id: version.article().title for version in versions}
