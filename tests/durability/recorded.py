"""A script that writes a collection and says what it keeps, for a disk that is lost at any instant of it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.article import Article, Block, CaptureRef
from archive.collection import Collection
from archive.jsonl import RunLines
from archive.runs import RunCard
from archive.session import Session, WritingRules
from archive.warc.record import Exchange, new_record_id

NOON = datetime(2026, 1, 8, 12, 0, tzinfo=UTC)
CARD = RunCard(newspaper="baocantho", source="network", software="test", settings={}, warcinfo={"software": "test"})


def session(root: Path, rotate_bytes: int = 4000) -> Session:
    """A session on a collection, which is made where there is none."""
    rules = WritingRules(rotate_bytes=rotate_bytes)
    return Session(Collection.create(root), CARD, lambda published, fetched: fetched + timedelta(days=1), rules=rules)


def exchange(number: int, body: bytes) -> Exchange:
    """A page as it came over the wire."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
    return Exchange(
        record_id=new_record_id(),
        url=f"http://baocantho.test/a-a{number}.html",
        began_at=NOON + timedelta(minutes=number),
        request=b"GET / HTTP/1.1\r\nHost: baocantho.test\r\n\r\n",
        response=head + body,
    )


def article(number: int, capture: CaptureRef) -> Article:
    """What the page says."""
    return Article(
        newspaper="baocantho",
        article_id=str(number),
        url=f"http://baocantho.test/a-a{number}.html",
        title=f"Tin {number}",
        body=(Block(type="paragraph", text=f"Bài số {number}."),),
        published_at=NOON,
        captured_at=NOON + timedelta(minutes=number),
        capture=capture,
    )


def say(**kept: object) -> None:
    """Tell of a promise that was kept, at once: its place among the calls to the system is what counts."""
    os.write(1, json.dumps(kept).encode() + b"\n")


def write(root: Path, first: int, count: int, *, is_killed: bool = False) -> None:
    """One run: pages, two of three an article, a payload twice; files are rotated. One that is killed ends nothing."""
    dice = random.Random(first)
    writing = session(root)
    lines = RunLines(writing.collection, writing.run_id, writing.run_name)
    for number in range(first, first + count):
        body = b"the same again" if number % 5 == 4 else b"<p>" + dice.randbytes(dice.randint(200, 1800))
        sent = exchange(number, body)
        writing.admit(sent.size).result()
        capture = writing.write(sent).result(20)
        say(record_id=capture.record_id, digest=capture.payload_digest, url=sent.url)
        if number % 3:
            writing.release(article(number, capture)).result(20)
            say(article=f"baocantho:{number}")
        if number % 4 == 0:
            lines.follow()
    if is_killed:
        writing.write(exchange(first + count, dice.randbytes(3000)))
        os._exit(9)
    lines.finish()
    writing.close("finished", lambda: ({}, {}))
    say(run=writing.run_name)


if __name__ == "__main__":
    root = Path(sys.argv[1])
    if sys.argv[2:]:
        write(root, 10, 7, is_killed=True)
    write(root, 1, 9)
    subprocess.run([sys.executable, __file__, root, "killed"], check=False)
    write(root, 20, 6)
