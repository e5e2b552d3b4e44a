"""Sessions that write exchanges and articles into a collection, without a crawl."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs

from archive.article import Article, Block, CaptureRef
from archive.collection import Collection
from archive.ingest.runs import RunDescription
from archive.ingest.session import Session
from archive.revisit_policy import RevisitPolicy
from archive.warc.exchange import Exchange
from archive.warc.record import new_record_id

NOON = datetime(2026, 1, 8, 12, 0, tzinfo=UTC)


CARD = RunDescription(
    newspaper="baocantho", source="network", software="test", settings={}, warcinfo={"software": "test"}
)


def nothing() -> tuple[dict[str, int], dict[str, object]]:
    return {}, {}


def session(root: Path, **options: object) -> Session:
    collection = Collection.create(root)
    return Session(collection, CARD, RevisitPolicy(ages=(timedelta(days=1),)), **options)  # type: ignore[arg-type]


def exchange(
    url: str = "http://baocantho.test/a-a1.html", body: bytes = b"<p>xin ch\xc3\xa0o", **options: object
) -> Exchange:
    response = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    values = {"record_id": new_record_id(), "url": url, "began_at": NOON, "response": response} | options
    return Exchange(request=b"GET / HTTP/1.1\r\nHost: baocantho.test\r\n\r\n", **values)  # type: ignore[arg-type]


def sized(size: int) -> Exchange:
    sent = exchange()
    return attrs.evolve(sent, response=sent.response.ljust(size - len(sent.request), b"x"))


def article(capture: CaptureRef, text: str = "một", minutes: int = 0) -> Article:
    return Article(
        newspaper="baocantho",
        article_id="1",
        url="http://baocantho.test/a-a1.html",
        title="Tin",
        body=(Block(type="paragraph", text=text),),
        published_at=NOON,
        captured_at=NOON + timedelta(minutes=minutes),
        capture=capture,
    )


def write(writing: Session, sent: Exchange) -> CaptureRef:
    writing.admit(sent.size).result()
    return writing.write(sent).result(20)


CRASHING = """
import os, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from archive.projections.json_lines import RunLines
from support.sessions import *
writing = session(Path(sys.argv[1]))
lines = RunLines(writing.collection, writing.run_id, writing.run_name)
number = 0
while True:
    number += 1
    url = f"http://baocantho.test/a-a{{number}}.html"
    capture = write(writing, exchange(url, os.urandom(300)))
    it = attrs.evolve(article(capture), url=url, article_id=str(number))
    writing.release(it).result(20)
    lines.follow()
    print(number, flush=True)
"""
