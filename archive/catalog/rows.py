"""The rows of the catalog as values; asks the database nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self

import attrs

from archive.article import Article, CaptureRef, from_json
from archive.clock import parse_warc_date, warc_date


def _instant(text: str | None) -> datetime | None:
    return parse_warc_date(text) if text else None


def _written(instant: datetime | None) -> str | None:
    return warc_date(instant) if instant is not None else None


@attrs.frozen
class Capture:
    """A row of the captures: one fetch at an instant and where its record lies."""

    id: int
    record_id: str
    file: str
    offset: int
    length: int
    type: str
    url: str
    urlkey: str
    captured_at: datetime
    status: int | None
    mime: str | None
    payload_digest: str | None
    refers_to: str | None

    def reference(self) -> CaptureRef:
        """What an item says of this capture."""
        return CaptureRef(
            record_id=self.record_id,
            file=self.file,
            offset=self.offset,
            length=self.length,
            payload_digest=self.payload_digest,
        )

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        """The row of captures joined with its file."""
        values = list(row)
        values[8] = parse_warc_date(values[8])
        return cls(*values)


@attrs.frozen
class Version:
    """One version of an article. `seq` grows with every release and never returns."""

    seq: int
    article_id: str
    content_hash: str
    run_id: int
    record_id: str
    captured_at: datetime
    line: str

    def article(self) -> Article:
        """The article as it was released."""
        return from_json(self.line)

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        """The row of versions."""
        values = list(row)
        values[5] = parse_warc_date(values[5])
        return cls(*values)


@attrs.frozen
class Address:
    """A row of the frontier: an address of a newspaper and when it is due again."""

    newspaper: str
    url: str
    kind: str
    section: str | None
    first_seen_at: datetime
    fetched_at: datetime | None
    status: int | None
    etag: str | None
    last_modified: str | None
    record_id: str | None
    failures: int
    next_due_at: datetime
    changed_at: datetime | None = None
    interval: timedelta | None = None
    gone_at: datetime | None = None
    changes: int = 0  # of a list: how often it named something new; of an article: how often it was edited
    payload_digest: str | None = None  # of its last answer that had one
    article_id: str | None = None  # of the article that was last read there
    content_hash: str | None = None
    moved_to: str | None = None  # where it leads, while it does

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        """The row of addresses."""
        values = list(row)
        values[4], values[5] = parse_warc_date(values[4]), _instant(values[5])
        values[11], values[12] = parse_warc_date(values[11]), _instant(values[12])
        values[13] = timedelta(seconds=values[13]) if values[13] is not None else None
        values[14] = _instant(values[14])
        return cls(*values)

    def as_row(self) -> tuple[Any, ...]:
        """What `from_row` reads."""
        return (
            self.newspaper,
            self.url,
            self.kind,
            self.section,
            warc_date(self.first_seen_at),
            _written(self.fetched_at),
            self.status,
            self.etag,
            self.last_modified,
            self.record_id,
            self.failures,
            warc_date(self.next_due_at),
            _written(self.changed_at),
            round(self.interval.total_seconds()) if self.interval is not None else None,
            _written(self.gone_at),
            self.changes,
            self.payload_digest,
            self.article_id,
            self.content_hash,
            self.moved_to,
        )


@attrs.frozen
class Run:
    """A row of the runs."""

    id: int
    name: str
    newspaper: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    source: str
    software: str
    settings: dict[str, Any]
    counts: dict[str, int]
    job: str | None
    log: str | None
    failure: str | None

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        """The row of runs."""
        values = list(row)
        values[3], values[4] = parse_warc_date(values[3]), _instant(values[4])
        values[8], values[9] = json.loads(values[8]), json.loads(values[9])
        return cls(*values)


@attrs.frozen
class WarcFile:
    """A WARC file of the collection; `committed` bytes of it are accounted for."""

    id: int
    name: str
    newspaper: str
    run_id: int
    origin: str
    state: str
    committed: int
    crc32: int
    sha256: str | None
