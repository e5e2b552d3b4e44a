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
from archive.backup.folder import back_up
from archive.collection import Collection
from archive.ingest.runs import RunDescription
from archive.ingest.session import Session, WritingRules
from archive.projections.json_lines import RunLines
from archive.rebuild.whole import rebuild
from archive.revisit_policy import RevisitPolicy
from archive.warc.exchange import Exchange
from archive.warc.record import new_record_id
from tests.support.foreign import foreign, page

NOON = datetime(2026, 1, 8, 12, 0, tzinfo=UTC)
CARD = RunDescription(
    newspaper="baocantho", source="network", software="test", settings={}, warcinfo={"software": "test"}
)


def session(root: Path, rotate_bytes: int = 4000) -> Session:
    """A session on a collection, which is made where there is none."""
    rules = WritingRules(rotate_bytes=rotate_bytes)
    return Session(Collection.create(root), CARD, RevisitPolicy(), rules=rules)


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
        capture = writing.write(sent).result(120)
        say(record_id=capture.record_id, digest=capture.payload_digest, url=sent.url)
        if number % 3:
            writing.release(article(number, capture)).result(120)
            say(article=f"baocantho:{number}")
        if number % 4 == 0:
            lines.follow()
    if is_killed:
        writing.write(exchange(first + count, dice.randbytes(3000)))
        os._exit(9)
    lines.finish()
    writing.close("finished", lambda: ({}, {}))
    say(run=writing.run_name)


def import_archive(root: Path, count: int) -> None:
    """One run that takes in a file from elsewhere."""
    sent = [page(number, 1200) for number in range(count)]
    writing = session(root)
    writing.import_archive(foreign(root.with_name("kho.warc.gz"), sent))
    with writing.collection.catalog() as catalog:
        for capture in filter(None, (catalog.capture(one.record_id) for one in sent)):
            say(record_id=capture.record_id, digest=capture.payload_digest, url=capture.url)
    writing.close("finished", lambda: ({}, {}))
    say(run=writing.run_name)


def back_up_to(target: Path, root: Path) -> None:
    """A backup, the first one or a later one."""
    back_up(Collection.open(root), target)
    say(backup=target.name)


def three_runs(root: Path) -> None:
    """Pages are written; the second run is killed."""
    write(root, 1, 9)
    subprocess.run([sys.executable, __file__, root, write.__name__], check=False)
    write(root, 20, 6)


def whole_files(root: Path) -> None:
    """A file is taken in, the collection backed up twice and rebuilt between, runs go on."""
    write(root, 1, 3)
    import_archive(root, 3)
    back_up_to(root.with_name("backup"), root)
    write(root, 10, 3)
    rebuild(root)
    back_up_to(root.with_name("backup"), root)


if __name__ == "__main__":
    root, story = Path(sys.argv[1]), sys.argv[2]
    if story == write.__name__:
        write(root, 10, 7, is_killed=True)
    {three_runs.__name__: three_runs, whole_files.__name__: whole_files}[story](root)
