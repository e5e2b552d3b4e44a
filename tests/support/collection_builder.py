"""A small collection built by hand: real WARC records and catalog rows; stands in for a crawl and fetches nothing."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.article import Article, Block, CaptureRef, Image, to_json
from archive.catalog.changes import enter_change
from archive.catalog.marked_keys import enter_marked
from archive.catalog.versions import enter_version
from archive.clock import timestamp14, warc_date
from archive.collection import Collection
from archive.warc.cdxj import urlkey

BEGINNING = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)
CARD = {
    "title": "Báo Cần Thơ",
    "province": "Cần Thơ",
    "provinces_before": ["Cần Thơ", "Hậu Giang", "Sóc Trăng"],
    "hosts": ["baocantho.com.vn"],
    "time_zone": "Asia/Ho_Chi_Minh",
    "sections": [{"name": "Thời sự", "path": "/thoi-su/"}, {"name": "Văn hóa", "path": "/van-hoa/"}],
}


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour shading to white."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = []
    for y in range(height):
        shade = y / height
        rows.append(b"\0" + bytes(int(c + (235 - c) * shade) for c in colour) * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"".join(rows)))
        + chunk(b"IEND", b"")
    )


class CollectionBuilder:
    """Writes a collection record by record; `close()` when done."""

    def __init__(self, root: Path, newspapers: dict[str, dict[str, Any]] | None = None) -> None:
        self.collection = Collection.create(root)
        self.catalog = self.collection.catalog(writable=True)
        self.instant = BEGINNING
        self.files: dict[str, int] = {}
        for name, card in (newspapers or {"baocantho": CARD}).items():
            self._insert("newspapers", name=name, profile=json.dumps(card, ensure_ascii=False))
        self.run = self._insert(
            "runs", name="r1", newspaper="baocantho", started_at=warc_date(BEGINNING), source="demonstration",
            software="baotinh", settings="{}",
        )  # fmt: skip

    def _insert(self, table: str, **row: Any) -> int:
        marks = ",".join("?" * len(row))
        cursor = self.catalog.connection.execute(
            f"INSERT INTO {table} ({','.join(row)}) VALUES ({marks})", tuple(row.values())
        )
        return int(cursor.lastrowid or 0)

    def warc(self, name: str, *, state: str = "closed") -> int:
        """Begin a WARC file; its id."""
        self.files[name] = self._insert(
            "warc_files", name=name, newspaper="baocantho", run_id=self.run, origin="written", state=state,
            committed=0, crc32=0,
        )  # fmt: skip
        path = self.collection.warc / (name if state == "closed" else name + ".open")
        path.write_bytes(b"")
        return self.files[name]

    def capture(
        self,
        url: str,
        body: bytes,
        *,
        mime: str = "text/html",
        status: str = "200 OK",
        headers: Sequence[tuple[str, str]] = (),
        file: str = "baocantho-1.warc.gz",
        revisit_of: CaptureRef | None = None,
    ) -> CaptureRef:
        """Write a response (or revisit) record and its row."""
        file_id = self.files.get(file) or self.warc(file)
        self.instant += timedelta(seconds=7)
        raw = io.BytesIO()
        writer = WARCWriter(raw, gzip=True)
        http = StatusAndHeaders(status, [("Content-Type", mime), *headers], protocol="HTTP/1.1")
        if not revisit_of:
            http.headers.append(("Content-Length", str(len(body))))
        instant = warc_date(self.instant)
        kind = "revisit" if revisit_of else "response"
        digest = "sha256:" + base64.b32encode(hashlib.sha256(body).digest()).decode()
        names = {"WARC-Date": instant, "WARC-Payload-Digest": digest}
        if revisit_of:
            names["WARC-Refers-To"] = f"<{revisit_of.record_id}>"
            names["WARC-Refers-To-Target-URI"] = url
            first = self.catalog.capture(revisit_of.record_id)
            assert first is not None
            names["WARC-Refers-To-Date"] = warc_date(first.captured_at)
            names["WARC-Profile"] = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
        record = writer.create_warc_record(
            url, kind, payload=io.BytesIO(b"" if revisit_of else body), http_headers=http, warc_headers_dict=names
        )
        record_id = record.rec_headers.get_header("WARC-Record-ID").strip("<>")
        writer.write_record(record)
        offset, length = self._append(file, raw.getvalue())
        self._insert(
            "captures", record_id=record_id, file_id=file_id, offset=offset, length=length, run_id=self.run,
            type=kind, url=url, urlkey=urlkey(url), captured_at=instant, status=int(status.split()[0]),
            mime=mime.split(";")[0], payload_digest=digest, refers_to=revisit_of.record_id if revisit_of else None,
        )  # fmt: skip
        enter_marked(self.catalog.connection, [urlkey(url)])
        return CaptureRef(record_id=record_id, file=file, offset=offset, length=length, payload_digest=digest)

    def _append(self, file: str, member: bytes) -> tuple[int, int]:
        path = self.collection.warc_file(file).path
        offset = path.stat().st_size
        with path.open("ab") as out:
            out.write(member)
        self.catalog.connection.execute(
            "UPDATE warc_files SET committed = ?, crc32 = ? WHERE name = ?",
            (offset + len(member), zlib.crc32(path.read_bytes()), file),
        )
        return offset, len(member)

    def release(self, article: Article) -> int:
        """Store a version of the article, whose `capture` is in the catalog; its seq."""
        assert article.capture is not None
        instant = warc_date(article.captured_at)
        self.catalog.connection.execute(
            """INSERT INTO articles (id, newspaper, latest, first_captured_at, last_captured_at)
            VALUES (?, ?, 0, ?, ?) ON CONFLICT (id) DO UPDATE SET last_captured_at = excluded.last_captured_at""",
            (article.id, article.newspaper, instant, instant),
        )
        seq = enter_version(self.catalog.connection, self.run, article, to_json(article))
        assert seq is not None
        self.catalog.connection.execute(
            """UPDATE articles SET latest = (SELECT seq FROM versions WHERE article_id = articles.id
            ORDER BY captured_at DESC, seq DESC LIMIT 1) WHERE id = ?""",
            (article.id,),
        )
        self.catalog.connection.execute(
            "UPDATE articles SET section = ?, published_at = ? WHERE id = ? AND latest = ?",
            (article.section, f"{article.published_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", article.id, seq),
        )
        enter_change(self.catalog.connection, seq)
        return seq

    def publish(self, article: Article, page: str | None = None) -> Article:
        """Capture the article's page and release the article as read from it."""
        ref = self.capture(article.url, (page or page_of(article)).encode(), mime="text/html; charset=utf-8")
        article = attrs.evolve(article, capture=ref, captured_at=self.instant)
        self.release(article)
        return article

    def close(self) -> Collection:
        """End the writing; the collection."""
        self.catalog.close()
        return self.collection


def page_of(article: Article) -> str:
    """A plain page of the article."""
    body = []
    for position, block in enumerate(article.body):
        if block.type == "figure":
            urls = [image.url for image in article.images if image.position == position]
            body.append(f'<figure><img src="{urls[0] if urls else ""}"><figcaption>{block.text}</figcaption></figure>')
        else:
            body.append(f"<p>{block.text}</p>")
    return (
        f"<!doctype html><html lang=vi><meta charset=utf-8><title>{article.title}</title>"
        f"<body style='font-family:serif;max-width:42rem;margin:2rem auto'><h1>{article.title}</h1>{''.join(body)}"
        f"<p><a href='/'>Trang chủ</a></p></body></html>"
    )


def make_article(number: int = 1, **fields: Any) -> Article:
    """An article with sound defaults."""
    defaults: dict[str, Any] = {
        "newspaper": "baocantho",
        "article_id": str(196000 + number),
        "url": f"https://baocantho.com.vn/bai-viet-a{196000 + number}.html",
        "title": f"Bài viết số {number}",
        "section": "Thời sự",
        "lead": "Một đoạn mở đầu.",
        "body": (Block(type="paragraph", text="Một đoạn mở đầu."),),
        "authors": ("Nguyễn Văn An",),
        "published_at": datetime(2026, 9, 1, 8, 0, tzinfo=UTC) + timedelta(minutes=number),
        "captured_at": BEGINNING,
    }
    return Article(**(defaults | fields))


__all__ = ["BEGINNING", "CARD", "CollectionBuilder", "Image", "make_article", "page_of", "png", "timestamp14"]
