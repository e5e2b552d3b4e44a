"""The release protocol: durable first, then decided; and what survives a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future
from datetime import datetime, timedelta
from pathlib import Path

import attrs
import pytest
from support.sessions import CARD, CRASHING, NOON, article, exchange, nothing, session, sized, write

from archive.article import CaptureRef
from archive.catalog.addresses import Seen
from archive.catalog.lifecycle import Answer, Outcome
from archive.checking.collection import verify
from archive.collection import Collection
from archive.errors import (
    CollectionInconsistent,
    CollectionTooNew,
    FailureKind,
    NewspaperLocked,
    RecordMissing,
    UnknownArticle,
)
from archive.ingest.release import Decision
from archive.ingest.session import Session, WritingRules
from archive.revisit_policy import RevisitPolicy
from archive.warc.reader import read_record, read_records


def test_a_capture_can_be_read_where_its_promise_says(tmp_path: Path) -> None:
    writing = session(tmp_path)
    sent = exchange()
    capture = write(writing, sent)
    assert capture.file is not None and capture.offset is not None
    record = read_record(writing.collection.warc_file(capture.file).path, capture.offset, capture.length)
    assert (record.block, record.record_id, record.url) == (sent.response, sent.record_id, sent.url)
    assert record.header("WARC-Payload-Digest") == capture.payload_digest
    assert (tmp_path / "warc" / f"{capture.file}.open").exists()
    writing.close("finished", nothing)
    assert (tmp_path / "warc" / capture.file).exists()


def test_new_duplicate_changed_and_changed_back(tmp_path: Path) -> None:
    writing = session(tmp_path)
    fates = []
    for minutes, text in enumerate(["một", "một", "hai", "một"]):
        capture = write(writing, exchange(began_at=NOON + timedelta(minutes=minutes)))
        fates.append(writing.release(article(capture, text, minutes)).result(60).decision)
    assert fates == [Decision.NEW, Decision.DUPLICATE, Decision.CHANGED, Decision.CHANGED]
    with writing.collection.catalog() as catalog:
        assert [version.article().body[0].text for version in catalog.versions("baocantho:1")] == ["một", "hai", "một"]
        assert catalog.article("baocantho:1").captured_at == NOON + timedelta(minutes=3)
        with pytest.raises(UnknownArticle):
            catalog.article("baocantho:2")
    writing.close("finished", nothing)


def test_an_older_capture_read_later_is_not_the_latest(tmp_path: Path) -> None:
    writing = session(tmp_path)
    for minutes, text in ((60, "mới"), (0, "cũ")):
        capture = write(writing, exchange(began_at=NOON + timedelta(minutes=minutes)))
        assert writing.release(article(capture, text, minutes)).result(60).decision is not Decision.DUPLICATE
    with writing.collection.catalog() as catalog:
        assert catalog.article("baocantho:1").article().body[0].text == "mới"
        assert [version.article().body[0].text for version in catalog.versions("baocantho:1")] == ["cũ", "mới"]
    writing.close("finished", nothing)


def test_an_article_without_a_record_is_refused_and_harms_no_other(tmp_path: Path) -> None:
    writing = session(tmp_path)
    lost = writing.release(article(CaptureRef(record_id="urn:uuid:nowhere")))
    with pytest.raises(Exception, match="holds no record urn:uuid:nowhere"):
        lost.result(60)
    with pytest.raises(RecordMissing):
        writing.durable("urn:uuid:nowhere").result(60)
    assert writing.release(article(write(writing, exchange()))).result(60).decision is Decision.NEW
    writing.close("finished", nothing)


def test_the_queue_is_bounded_in_bytes(tmp_path: Path) -> None:
    writing = session(tmp_path, rules=WritingRules(queue_bytes=1000))
    held = threading.Event()
    blocker: Future[None] = writing._writing.decide(lambda connection: held.wait(60) and None)
    first, second = writing.admit(800), writing.admit(800)
    assert first.done() and not second.done()
    promise = writing.write(sized(800))
    held.set()
    blocker.result(60)
    promise.result(60)
    second.result(60)
    # one that alone is larger than the queue is let in when nothing else waits
    writing.write(sized(800)).result(60)
    writing.admit(5000).result(60)
    writing.close("finished", nothing)


def test_one_crawl_a_newspaper(tmp_path: Path) -> None:
    writing = session(tmp_path)
    with pytest.raises(NewspaperLocked, match="already being crawled"):
        session(tmp_path)
    other = Session(writing.collection, attrs.evolve(CARD, newspaper="baolaocai"), RevisitPolicy())
    other.close("finished", nothing)
    writing.close("finished", nothing)
    session(tmp_path).close("finished", nothing)


def test_files_are_rotated_by_size(tmp_path: Path) -> None:
    writing = session(tmp_path, rules=WritingRules(rotate_bytes=3000))
    captures = [write(writing, exchange(body=os.urandom(2000))) for _ in range(4)]
    writing.close("finished", nothing)
    names = sorted(path.name for path in (tmp_path / "warc").iterdir())
    assert len(names) >= 3 and {capture.file for capture in captures} <= set(names)
    assert [name.rpartition("-")[2] for name in names] == [f"{number:05}.warc.gz" for number in range(len(names))]
    assert verify(writing.collection).findings == []


def test_a_disk_that_refuses_stops_the_run_and_keeps_what_was_committed(tmp_path: Path) -> None:
    writing = session(tmp_path)
    kept = write(writing, exchange())
    noticed: list[BaseException] = []
    writing.on_failure(noticed.append)
    os.close(writing._writer.current.stream.fileno())  # what a disk that vanished looks like from here
    lost = exchange("http://baocantho.test/b-a2.html")
    writing.admit(lost.size).result()
    with pytest.raises(OSError):
        writing.write(lost).result(60)
    with pytest.raises(OSError):
        writing.release(article(kept)).result(60)
    assert noticed and writing.failure is noticed[0]
    writing.close("finished", nothing)
    with writing.collection.catalog() as catalog:
        (run,) = catalog.runs()
    assert (run.outcome, run.failure_kind) == ("failed", FailureKind.UNWRITABLE) and run.failure == str(noticed[0])
    writing = session(tmp_path)
    assert writing.recovered == 0
    assert writing.release(article(kept)).result(60).decision is Decision.NEW
    writing.close("finished", nothing)
    assert verify(writing.collection).findings == []


@pytest.mark.parametrize("lines_before_the_kill", [1, 5, 13])
def test_killed_at_any_instant_nothing_released_is_lost(tmp_path: Path, lines_before_the_kill: int) -> None:
    script = CRASHING.format(tests=str(Path(__file__).parents[1]))
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [int(process.stdout.readline()) for _ in range(lines_before_the_kill)]
        os.kill(process.pid, signal.SIGKILL)
        said += [int(line) for line in process.stdout.read().split()]
    (open_file,) = (tmp_path / "warc").glob("*.open")
    with open_file.open("ab") as stream:
        stream.write(b"\x1f\x8b half a member")
    writing = session(tmp_path)
    assert writing.recovered == 1
    writing.close("finished", nothing)
    collection = Collection.open(tmp_path)
    assert verify(collection).findings == []
    assert not list(collection.warc.glob("*.open")) and not list(collection.jsonl.glob("*.open"))
    with collection.catalog() as catalog:
        released = catalog.versions_after(0)
        assert {int(version.article().article_id or 0) for version in released} >= set(said)
        assert [run.outcome for run in catalog.runs()] == ["finished", "interrupted"]
        (warc,) = collection.warc.iterdir()
        counted = {"articles new": len(released), "articles changed": 0, "WARC bytes": warc.stat().st_size}
        assert catalog.runs()[1].counts == counted
    (lines,) = collection.jsonl.glob("*.jsonl")
    assert lines.read_text("utf-8").splitlines() == [version.line for version in released]


def test_a_file_shorter_than_what_was_committed_is_left_alone(tmp_path: Path) -> None:
    writing = session(tmp_path)
    capture = write(writing, exchange())
    writing._writer.abandon()
    writing._writing.failure = OSError("as after a crash")
    writing._writing.finish()
    writing._held.close()
    (path,) = (tmp_path / "warc").glob("*.open")
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(CollectionInconsistent, match="bytes on disk"):
        session(tmp_path)
    assert capture.file == path.name.removesuffix(".open")


def test_recovery_leaves_other_newspapers_files_alone(tmp_path: Path) -> None:
    """A newspaper's name may begin with another's, and a file that was taken in may have been somebody's '.open'."""
    writing = session(tmp_path)
    longer = Session(writing.collection, attrs.evolve(CARD, newspaper="baocantho-moi"), RevisitPolicy())
    kept = write(longer, exchange("http://moi.test/a-a1.html"))
    writing.close("finished", nothing)
    foreign = tmp_path / "BAOTINH-baocantho-20200101000000-00000.warc.gz.open"
    source = writing.collection.warc_file(kept.file or "").path
    foreign.write_bytes(source.read_bytes())
    other = Collection.create(tmp_path / "other")
    for _ in range(2):
        rescuing = Session(other, CARD, RevisitPolicy())
        rescuing.import_archive(foreign)
        rescuing.close("finished", nothing)
    assert [path.name for path in other.warc.iterdir()] == [foreign.name.removesuffix(".open")]
    assert verify(other).findings == []
    session(tmp_path).close("finished", nothing)
    assert source.exists()
    longer.close("finished", nothing)
    assert verify(writing.collection).findings == []


def test_a_report_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    writing = session(tmp_path)
    write(writing, exchange())
    (tmp_path / "reports").rmdir()
    with pytest.raises(OSError):
        writing.close("finished", nothing)
    Collection.create(tmp_path)
    writing = session(tmp_path)
    assert writing.recovered == 0
    with writing.collection.catalog() as catalog:
        assert [run.outcome for run in catalog.runs()] == [None, "failed"]
    writing.close("finished", nothing)


def test_what_is_being_written_is_not_judged(tmp_path: Path) -> None:
    writing = session(tmp_path)
    going = threading.Event()

    def write_on() -> None:
        while not going.is_set():
            write(writing, exchange(body=os.urandom(20)))

    thread = threading.Thread(target=write_on)
    thread.start()
    try:
        for _ in range(20):
            assert verify(writing.collection).findings == []
    finally:
        going.set()
        thread.join()
    writing.close("finished", nothing)


def test_the_frontier_remembers(tmp_path: Path) -> None:
    writing = session(tmp_path)
    url = "http://baocantho.test/a-a1.html"
    writing.addresses.see([Seen(url=url, kind="article", section="Thời sự", seen_at=NOON)]).result(60)
    with writing.collection.catalog() as catalog:
        due = list(catalog.due("baocantho", "article", "2026-01-08T12:00:00.000000Z"))
        assert [address.url for address in due] == [url]
        capture = write(writing, exchange())
        writing.addresses.answered(
            Answer(url=url, kind="article", section="Thời sự", fetched_at=NOON, status=200, outcome=Outcome.PENDING,
                   etag='"x"', record_id=capture.record_id)
        ).result(60)  # fmt: skip
        writing.release(article(capture)).result(60)
        assert not list(catalog.due("baocantho", "article", "2026-01-08T12:00:01.000000Z"))
        address = catalog.addresses("baocantho", [url, "http://baocantho.test/unknown"])[url]
        assert (address.etag, address.next_due_at) == ('"x"', NOON + timedelta(days=1))
        late = NOON + timedelta(days=2)
        writing.addresses.answered(Answer(url=url, kind="article", section=None, fetched_at=late, status=503)).result(
            60
        )
        address = catalog.addresses("baocantho", [url])[url]
        assert (address.failures, address.status, address.etag, address.fetched_at) == (1, 503, '"x"', NOON)
    writing.close("finished", nothing)


def test_a_catalog_of_a_later_version_is_refused(tmp_path: Path) -> None:
    collection = Collection.create(tmp_path)
    with collection.catalog(writable=True) as catalog:
        catalog.connection.execute("PRAGMA user_version = 99")
    with pytest.raises(CollectionTooNew, match="newer baotinh"):
        Collection.open(tmp_path)
    with pytest.raises(CollectionTooNew):
        Collection.create(tmp_path)


def test_warcinfo_opens_every_file(tmp_path: Path) -> None:
    writing = session(tmp_path)
    write(writing, exchange())
    writing.close("finished", nothing)
    (path,) = (tmp_path / "warc").iterdir()
    assert [record.type for record in read_records(path)] == ["warcinfo", "response", "request"]


def test_an_edit_is_looked_after_as_a_publication_is(tmp_path: Path) -> None:
    """The next look is counted from the last edit that was seen, also where the looks after it find nothing new."""
    asked: list[tuple[datetime | None, datetime]] = []

    class Asked(RevisitPolicy):
        def due_again(self, changed_at: datetime | None, fetched_at: datetime) -> datetime:
            asked.append((changed_at, fetched_at))
            return fetched_at + timedelta(days=1)

    writing = session(tmp_path)
    writing._policy = Asked()
    writing.addresses.see(
        [Seen(url="http://baocantho.test/a-a1.html", kind="article", section=None, seen_at=NOON)]
    ).result(60)
    days = [0, 10, 20, 30]
    for day, text in zip(days, ["một", "một", "hai", "hai"], strict=True):
        capture = write(writing, exchange(began_at=NOON + timedelta(days=day)))
        writing.release(article(capture, text, 24 * 60 * day)).result(60)
    assert [changed_at for changed_at, _ in asked] == [NOON, NOON, NOON + timedelta(days=20), NOON + timedelta(days=20)]
    with writing.collection.catalog() as catalog:
        known = catalog.addresses("baocantho", ["http://baocantho.test/a-a1.html"])
    assert next(iter(known.values())).changed_at == NOON + timedelta(days=20)
    writing.close("finished", nothing)


def test_an_article_of_a_day_appeared_when_it_was_first_found_on_that_day(tmp_path: Path) -> None:
    asked: list[datetime | None] = []

    class Asked(RevisitPolicy):
        def due_again(self, changed_at: datetime | None, fetched_at: datetime) -> datetime:
            asked.append(changed_at)
            return fetched_at + timedelta(days=1)

    writing = session(tmp_path)
    writing._policy = Asked()
    url = "http://baocantho.test/a-a1.html"
    writing.addresses.see([Seen(url=url, kind="article", section=None, seen_at=NOON)]).result(60)
    for hours in (3, 9, 60):
        capture = write(writing, exchange(began_at=NOON + timedelta(hours=hours)))
        found = attrs.evolve(article(capture, "một", 60 * hours), published_precision="day")
        writing.release(found).result(60)
    late = write(writing, exchange(began_at=NOON + timedelta(hours=61)))
    other = attrs.evolve(article(late, "một", 60 * 61), published_precision="day", article_id="2")
    writing.release(other).result(60)
    writing.close("finished", nothing)
    assert asked == [NOON + timedelta(hours=3)] * 3 + [NOON + timedelta(days=1)]


def test_two_addresses_of_one_article_that_say_different_things_make_two_versions_and_no_more(tmp_path: Path) -> None:
    writing = session(tmp_path)
    decisions = []
    for minutes in range(6):
        url, text = (("http://baocantho.test/a-a1.html", "một"), ("http://baocantho.test/amp/a-a1.html", "hai"))[
            minutes % 2
        ]
        capture = write(writing, exchange(url, text.encode(), began_at=NOON + timedelta(minutes=minutes)))
        decisions.append(writing.release(attrs.evolve(article(capture, text, minutes), url=url)).result(60).decision)
    again = write(writing, exchange(body=b"ba", began_at=NOON + timedelta(minutes=9)))
    decisions.append(writing.release(article(again, "ba", 9)).result(60).decision)
    writing.close("finished", nothing)
    assert decisions == [Decision.NEW, Decision.CHANGED, *[Decision.DUPLICATE] * 4, Decision.CHANGED]
