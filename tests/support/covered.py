"""A collection that was crawled some days and not others: written by sessions, covered as crawls cover it."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.article import Article, Block, CaptureRef
from archive.catalog.coverage import Covered, cover
from archive.collection import Collection
from archive.ingest.runs import RunDescription
from archive.ingest.session import Session
from archive.revisit_policy import RevisitPolicy
from archive.search.indexing.index import follow
from archive.warc.exchange import Exchange
from archive.warc.record import new_record_id

VIETNAM = timedelta(hours=7)
NOW = datetime(2026, 10, 10, 5, 0, tzinfo=UTC)  # noon in Vietnam
NEWS, CULTURE = "Thời sự", "Văn hóa"
HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>'
CARDS = {
    "baocantho": {
        "title": "Báo Cần Thơ",
        "province": "Cần Thơ",
        "time_zone": "Asia/Ho_Chi_Minh",
        "sections": [
            {"name": NEWS, "path": "/thoi-su/"},
            {"name": CULTURE, "path": "/van-hoa/"},
            {"name": "Thể thao", "path": "/the-thao/"},
        ],
    },
    "baolaocai": {
        "title": "Báo Lào Cai",
        "province": "Lào Cai",
        "sections": [{"name": "Xã hội", "path": "/xa-hoi/"}],
    },
}


def local(day: int, hour: int = 0, minute: int = 0, *, month: int = 10) -> datetime:
    """A time of 2026 by Vietnam's clock."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - VIETNAM


def session(collection: Collection, newspaper: str = "baocantho", *, job: str | None = None) -> Session:
    """A session of a crawl at noon."""
    run = RunDescription(
        newspaper=newspaper,
        source="network",
        software="test",
        settings={"DOWNLOAD_DELAY": 5},
        warcinfo={"software": "test"},
        profiles={newspaper: CARDS[newspaper]},
        job=job,
    )
    return Session(collection, run, RevisitPolicy(), clock=lambda: NOW)


def publish(writing: Session, number: int, section: str | None, published_at: datetime) -> None:
    """Capture a page and release the article that was read from it."""
    publish_all(writing, [(number, section, published_at)])


def publish_all(writing: Session, published: Iterable[tuple[int, str | None, datetime]]) -> None:
    """Capture pages and release the articles that were read from them: number, section and time of each."""
    captures = [(one, *_capture(writing, one[0])) for one in published]
    released = [writing.release(_article(writing, *one, url, capture.result(20))) for one, url, capture in captures]
    for promise in released:
        promise.result(20)


def _capture(writing: Session, number: int) -> tuple[str, Future[CaptureRef]]:
    url = f"http://{writing.run.newspaper}.test/bai-a{number}.html"
    body = b"<p>xin ch\xc3\xa0o"
    response = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    sent = Exchange(
        record_id=new_record_id(), url=url, began_at=NOW, response=response,
        request=b"GET / HTTP/1.1\r\nHost: x.test\r\n\r\n",
    )  # fmt: skip
    writing.admit(sent.size).result(20)
    return url, writing.write(sent)


def _article(
    writing: Session, number: int, section: str | None, published_at: datetime, url: str, capture: CaptureRef
) -> Article:
    return Article(
        newspaper=writing.run.newspaper,
        article_id=str(number),
        url=url,
        title=f"Bài số {number}",
        section=section,
        body=(Block(type="paragraph", text=f"Nội dung bài số {number}."),),
        published_at=published_at,
        captured_at=NOW,
        capture=capture,
    )


def looked_at(collection: Collection, newspaper: str, spans: Iterable[tuple[str, datetime, datetime]]) -> None:
    """Enter that sections were read without a gap."""
    with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        for section, since, until in spans:
            cover(connection, newspaper, Covered(section=section, since=since, until=until))


def build_covered(root: Path) -> Collection:
    """The collection, indexed.

    Thời sự was read from 3 October to noon of the 10th; it printed one article late on the 5th, one just after the
    midnight that follows, two on the 8th. Văn hóa was read, by its slug, from six o'clock of the 7th to the end of the
    8th, and has nothing. On the 7th an article names no section, and another a hostile one. Báo Lào Cai was read in two
    months of the summer.
    """
    collection = Collection.create(root)
    writing = session(collection)
    for number, (section, at) in enumerate(
        [
            (NEWS, local(5, 23, 30)),
            (NEWS, local(6, 0, 10)),
            (NEWS, local(8, 9)),
            (NEWS, local(8, 10)),
            (None, local(7, 12)),
            (HOSTILE, local(7, 13)),
        ],
        1,
    ):
        publish(writing, number, section, at)
    writing.close("finished", lambda: (writing.counts, {}))
    looked_at(collection, "baocantho", [(NEWS, local(3), local(10, 12)), ("van-hoa", local(7, 6), local(9))])
    other = session(collection, "baolaocai", job="hourly")
    publish(other, 1, "Xã hội", local(15, 8, month=7))
    other.close("finished", lambda: (other.counts, {}))
    looked_at(collection, "baolaocai", [("Xã hội", local(1, month=7), local(31, month=8))])
    follow(collection)
    return collection
