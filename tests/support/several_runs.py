"""Small collections of several runs, and all that they answer but for where records are."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs

from archive.article import Image
from archive.collection import Collection
from archive.ingest.session import WritingRules
from archive.originals import original_of, read_original
from archive.projections.json_lines import RunLines
from archive.warc.reader import read_records
from support.sessions import NOON, article, exchange, nothing, session, write

# of the catalog what does not say where records are
SAME = {
    "captures": "record_id, run_id, type, url, urlkey, captured_at, status, mime, payload_digest, refers_to",
    "articles": "id, newspaper, latest, first_captured_at, last_captured_at, section, published_at",
    "versions": "seq, article_id, content_hash, run_id, record_id, captured_at",
    "held": "newspaper, what, count",
    "addresses": "newspaper, url, record_id, next_due_at",
    "runs": "id, name, finished_at, counts",
}


def crawled(root: Path, hours: int, pages: list[tuple[int, str]], picture: Any = None, **options: Any) -> Collection:
    """A run so many hours after noon that released articles of these numbers and texts, with an earlier picture."""
    writing = session(root, clock=lambda: NOON + timedelta(hours=hours), **options)
    for place, (number, text) in enumerate(pages):
        url = f"http://baocantho.test/a-a{number}.html"
        at = NOON + timedelta(hours=hours, minutes=place)
        capture = write(writing, exchange(url, f"<p>{text}".encode(), began_at=at))
        made = attrs.evolve(article(capture, text), url=url, article_id=str(number), captured_at=at)
        if picture is not None:
            made = attrs.evolve(made, images=(Image(url="http://baocantho.test/p.png", capture=picture),))
        writing.release(made).result(20)
    writing.close("finished", nothing)
    RunLines(writing.collection, writing.run_id, writing.run_name).finish()
    return writing.collection


def small_files(root: Path, seed: int, runs: int) -> Collection:
    """Runs of random pages, some with several files, some whose articles show a picture of the first run."""
    chosen, picture = random.Random(seed), None
    for hours in range(runs):
        pages = [
            (chosen.randrange(9), chosen.choice(["một", "hai", "ba"]) * chosen.randrange(1, 200)) for _ in range(4)
        ]
        rules = WritingRules(rotate_bytes=chosen.choice([1_000, 1_000_000]))
        held = crawled(root, hours, pages[: chosen.randrange(1, 5)], chosen.choice([None, picture]), rules=rules)
        if picture is None:
            with held.catalog() as catalog:
                picture = next(catalog.every_capture()).reference()
    return Collection.open(root)


def records(collection: Collection) -> Counter[tuple[str, bytes]]:
    """The records of all WARC files: id, and the bytes of the member."""
    return Counter(
        (record.record_id, path.read_bytes()[record.offset : record.offset + record.length])
        for path in collection.warc.iterdir()
        for record in read_records(path)
    )


def answers(collection: Collection) -> dict[str, Any]:
    """What the catalog says besides places, what the CDXJ files list, and what each capture holds."""
    with collection.catalog() as catalog:
        said: dict[str, Any] = {
            table: sorted(map(repr, catalog.connection.execute(f"SELECT {columns} FROM {table}")))
            for table, columns in SAME.items()
        }
        captures = list(catalog.every_capture())
        said["bodies"] = {
            one.record_id: read_original(collection, catalog, one.record_id).block
            for one in captures
            if original_of(collection, catalog, one)
        }
        said["files of runs"] = [len(catalog.warc_files_of(run.id)) > 0 for run in catalog.every_run()]
        said["last"] = catalog.last_written("baocantho")
    lines = [line.split(" ", 2)[:2] for path in collection.cdxj.iterdir() for line in path.read_text().splitlines()]
    said["cdxj"] = sorted(lines)
    said["lines"] = {path.name: path.read_bytes().count(b"\n") for path in collection.jsonl.glob("*.jsonl")}
    return said
