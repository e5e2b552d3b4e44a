"""A WARC file of a small paper as other programs write them, and what a crawl of it reads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from archive.collection import Collection
from support.crawling import baotinh
from support.small_paper import DECLARED, article, listing
from support.warc_samples import PROFILE, record, zipped

HOST = "https://baolaocai.vn"
SECTION = f"{HOST}/van-hoa/"
FIRST, SECOND, THIRD = "2025-07-01T01:02:03Z", "2025-07-02T01:02:03Z", "2025-07-03T01:02:03Z"
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "a1"\r\n\r\n'


def page(title: str) -> bytes:
    """The answer with an article's page."""
    octets: bytes = article(title)[0]
    return octets


def section(*paths: str) -> bytes:
    """The answer with the section's list."""
    octets: bytes = listing(*paths)[0]
    return octets


def coded(answer: bytes, body: bytes, coding: str) -> bytes:
    """The answer with another body, and a Content-Encoding that it may have or not."""
    head = answer.partition(b"\r\n\r\n")[0]
    fields = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    return b"\r\n".join(
        (*fields, b"Content-Encoding: " + coding.encode(), b"Content-Length: %d" % len(body), b"", body)
    )


def response(number: int, url: str, block: bytes, date: str = FIRST, fields: Iterable[tuple[str, str]] = ()) -> bytes:
    """A response record, without digests unless `fields` has them."""
    return record("response", number, block, [("WARC-Target-URI", url), ("WARC-Date", date), *fields])


def revisit(
    number: int,
    url: str,
    date: str = SECOND,
    block: bytes = b"",
    fields: Iterable[tuple[str, str]] = (),
    profile: str = "identical-payload-digest",
) -> bytes:
    """A revisit record that says of its original what `fields` say."""
    said = [("WARC-Target-URI", url), ("WARC-Date", date), ("WARC-Profile", PROFILE.format("1.1", profile)), *fields]
    kind = [("Content-Type", "application/http; msgtype=response")] if block else []
    return record("revisit", number, block, [*said, *kind])


class Reading:
    """A crawl of an archive of these records into a collection of its own."""

    def __init__(self, folder: Path, records: Iterable[bytes] | bytes, name: str = "others.warc.gz") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.paper, self.archive, self.root = folder / "paper.py", folder / name, folder / "collection"
        self.paper.write_text(DECLARED, "utf-8")
        self.archive.write_bytes(records if isinstance(records, bytes) else zipped(records))

    def crawl(self, code: int = 0) -> dict[str, int]:
        """Read it; what the run counted. A crawl that gives no article ends with code 1."""
        done = baotinh("crawl", self.paper, "--from-archive", self.archive, "--collection", self.root)
        assert done.returncode == code, done.stdout + done.stderr
        with Collection.open(self.root).catalog() as catalog:
            return catalog.runs(1)[0].counts

    def titles(self) -> dict[str, str]:
        """The titles of the articles that are held, by their addresses' paths."""
        with Collection.open(self.root).catalog() as catalog:
            articles = [version.article() for version in catalog.latest_versions(0, 1 << 60, 1000)]
        return {one.url.removeprefix(HOST): one.title for one in articles}
