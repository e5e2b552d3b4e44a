"""Removes what a court orders to be removed: the records become tombstones, the lines go, the catalog is made anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import attrs

from archive.article import Article, from_json, to_json
from archive.catalog import Catalog
from archive.catalog.withheld import enter_withholding
from archive.catalog.withholdings import (
    Withholding,
    WithholdingScope,
    enter_purged,
    host_key,
    host_of,
    key_span,
    withheld_keys,
)
from archive.clock import Clock, now
from archive.collection import OPEN_SUFFIX, Collection
from archive.durable import put_pieces
from archive.errors import PurgeElsewhere, PurgeTooShort
from archive.identity import host_spellings, uniform_key
from archive.ingest.recovery import recover_ended
from archive.rebuild.whole import rebuild
from archive.revisit_policy import DEFAULT_POLICY, RevisitPolicy
from archive.urls import MADE_OF_PAGES
from archive.warc.belonging import Place, belonging
from archive.warc.cdxj import urlkey
from archive.warc.members import GZIP_HEADER
from archive.warc.tombstone import TooShort
from archive.warc.tombstones import side_by_side, tombstone_of, with_tombstones
from archive.withholding import write_log

_AMPLE = 2000  # octets: a tombstone of few records always fits


@attrs.define
class Purged:
    """What a purge removes, or would remove."""

    files: list[str] = attrs.field(factory=list)
    records: int = 0
    octets: int = 0
    lines: int = 0
    pictures_kept: int = 0
    """Pictures that other articles show as well."""
    elsewhere: list[str] = attrs.field(factory=list)
    """Addresses at which the same payload was captured."""
    copies: list[str] = attrs.field(factory=list)
    """Older catalogs and lines that were removed, since they hold it too."""


def plan(collection: Collection, subject: Withholding) -> Purged:
    """What `purge` would remove of what is withheld; nothing is changed."""
    with collection.whole.catalog() as catalog:
        removal = _Removal.of(collection, catalog, subject)
    purged = removal.purged
    purged.lines = sum(removal.changed(line) is None for path in removal.line_files() for line in _lines(path))
    return purged


def purge(
    collection: Collection, subject: Withholding, policy: RevisitPolicy = DEFAULT_POLICY, *, clock: Clock = now
) -> Purged:
    """Remove the records of what is withheld from the WARC files, and all that was made of them.

    Each record gives way to a tombstone of its length: a metadata record that names its id, the reason's class and the
    time, so that every other record stays where it is. Removed with it are the records that belong to it, copies of it
    in imported files, revisits that have no other original, and the articles' lines. A picture that another article
    shows stays. The catalog, the indexes and the search index are made anew; older copies of the catalog are removed.

    A purge that was killed is finished by the next one.

    Raises:
        PurgeElsewhere: a file is not in `warc/`; nothing was changed.
        NewspaperLocked, CollectionBusy: the collection is being crawled.
        PurgeTooShort: a record is too short for a tombstone; nothing was changed.
        OSError: the disk failed.
    """
    collection = collection.whole
    with collection.catalog() as catalog:
        names = [name for (name,) in catalog.connection.execute("SELECT DISTINCT newspaper FROM runs")]
    recover_ended(collection, *names)
    with collection.lock_whole():
        with collection.catalog() as catalog:
            removal = _Removal.of(collection, catalog, subject)
        purged, instant = removal.purged, clock()
        for name, runs in removal.runs.items():
            _refuse_impossible(collection, name, runs, instant, subject.reason.value)
        for name, runs in removal.runs.items():
            path = collection.warc_file(name).path
            put_pieces(with_tombstones(path, runs, instant, subject.reason.value), path)
        for path in removal.line_files():
            _rewrite_lines(removal, path)
    rebuilt = rebuild(collection.root, policy, clock=clock)
    purged.copies = _remove_copies(collection, rebuilt.kept)
    with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        enter_purged(connection, subject.scope, subject.subject, instant)
        if subject.scope is WithholdingScope.ARTICLE:  # its addresses are no longer known from its versions
            for url in removal.urls:
                enter_withholding(
                    connection,
                    attrs.evolve(subject, scope=WithholdingScope.ADDRESS, subject=url, purged_at=instant),
                    urlkey,
                )
        write_log(collection, connection)
    return purged


@attrs.define
class _Removal:
    """Which records and lines are removed."""

    collection: Collection
    record_ids: set[str]
    urls: list[str]
    runs: dict[str, list[list[Place]]]
    """In each file, the records that are removed, in runs of such that stand side by side; none by a purge that was
    killed, where it removed them already."""
    purged: Purged

    @classmethod
    def of(cls, collection: Collection, catalog: Catalog, subject: Withholding) -> _Removal:
        connection, purged = catalog.connection, Purged()
        keys = withheld_keys(connection, subject.scope, subject.subject)
        places = {key for kind, key in keys if kind == "address"}
        if subject.scope is WithholdingScope.ARTICLE:
            shared = _shared_pictures(catalog, subject.subject, places)
            kept = {uniform_key(key) for key in shared}
            places = {key for key in places if uniform_key(key) not in kept}
            purged.pictures_kept = len(shared)
        between = "SELECT record_id, url FROM captures WHERE urlkey BETWEEN ? AND ?"
        found: set[str] = set()
        spans = [key_span(WithholdingScope.ADDRESS, key) for key in places]
        spans += [key_span(WithholdingScope.HOST, key) for kind, key in keys if kind == "host"]
        for span in spans:
            for record_id, url in connection.execute(between, span).fetchall():
                made = json.dumps([prefix + url for prefix in MADE_OF_PAGES])
                drawn = connection.execute(
                    "SELECT record_id FROM captures WHERE url IN (SELECT value FROM json_each(?))", (made,)
                ).fetchall()
                found |= {record_id, *(one for (one,) in drawn)}
        found |= _revisits_of(catalog, found)
        captures = [capture for one in found if (capture := catalog.capture(one)) is not None]
        purged.elsewhere = sorted(set(_same_payload(catalog, found)))
        # of captures that several imported files hold, the catalog knows one file
        standing: dict[str, list[Place]] = {one.name: [] for one in catalog.warc_files() if one.origin == "imported"}
        for one in sorted(captures, key=lambda one: (one.file, one.offset)):
            standing.setdefault(one.file, []).append(Place(one.type, one.record_id, one.offset, one.length))
        is_meant = _is_meant(subject, {one.urlkey for one in captures})
        runs = {
            name: side_by_side(belonging(collection.warc_file(name), found, places_there, is_meant))
            for name, places_there in standing.items()
        }
        runs = {name: those for name, those in runs.items() if those}
        removed = [place for those in runs.values() for run in those for place in run]
        purged.files, purged.records = list(runs), len(removed)
        purged.octets = sum(place.length for place in removed)
        return cls(collection, found, sorted({one.url for one in captures}), runs, purged)

    def line_files(self) -> list[Path]:
        """The files of JSON lines."""
        return sorted(
            path for path in self.collection.jsonl.iterdir() if path.name.endswith((".jsonl", f".jsonl{OPEN_SUFFIX}"))
        )

    def changed(self, line: bytes) -> bytes | None:
        """A line without what is removed; None where the line itself is."""
        if not any(one.encode() in line for one in self.record_ids):
            return line
        article = from_json(line)
        if article.capture is not None and article.capture.record_id in self.record_ids:
            return None
        return to_json(self._without_pictures(article)).encode() + b"\n"

    def _without_pictures(self, article: Article) -> Article:
        images = [
            attrs.evolve(image, capture=None) if image.capture and image.capture.record_id in self.record_ids else image
            for image in article.images
        ]
        return attrs.evolve(article, images=type(article.images)(images))


def _is_meant(subject: Withholding, keys: Iterable[str]) -> Callable[[str], bool]:
    """Whether the records of an address are removed: that of a capture that is, or what the subject names."""
    pages = {uniform_key(key) for key in keys}
    hosts: frozenset[str] = frozenset()
    if subject.scope is WithholdingScope.ADDRESS:
        pages.add(uniform_key(urlkey(subject.subject)))
    elif subject.scope is WithholdingScope.HOST:
        hosts = frozenset(host_spellings(host_key(subject.subject, urlkey)))

    def is_meant(url: str) -> bool:
        key = urlkey(url)
        return host_of(key) in hosts or uniform_key(key) in pages

    return is_meant


def _refuse_impossible(
    collection: Collection, name: str, runs: Sequence[Sequence[Place]], instant: datetime, reason: str
) -> None:
    path = collection.warc_file(name).path
    if not path.exists():
        raise PurgeElsewhere(name, str(collection.warc))
    with path.open("rb") as source:
        for run in runs:
            source.seek(start := run[0].offset)
            length = run[-1].offset + run[-1].length - start
            try:
                tombstone_of(run, min(length, _AMPLE + len(run) * 100), instant, reason, source.read(len(GZIP_HEADER)))
            except TooShort as error:
                raise PurgeTooShort(name, start, error.length, error.least) from error


def _rewrite_lines(removal: _Removal, path: Path) -> None:
    lines = [(line, removal.changed(line)) for line in _lines(path)]
    if all(line == changed for line, changed in lines):
        return
    removal.purged.lines += sum(changed is None for _, changed in lines)
    put_pieces((changed for _, changed in lines if changed is not None), path)


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from stream


def _revisits_of(catalog: Catalog, record_ids: set[str]) -> set[str]:
    """The revisits whose original is removed: they hold no payload of their own."""
    revisits = catalog.connection.execute("SELECT record_id, refers_to FROM captures WHERE refers_to IS NOT NULL")
    return {record_id for record_id, original in revisits if original in record_ids}


def _same_payload(catalog: Catalog, record_ids: set[str]) -> Iterator[str]:
    """Addresses of other captures whose payload is the same."""
    for one in record_ids:
        capture = catalog.capture(one)
        if capture is not None and capture.payload_digest and capture.type == "response" and capture.status == 200:
            rows = catalog.connection.execute(
                "SELECT record_id, url FROM captures WHERE payload_digest = ? AND status = 200",
                (capture.payload_digest,),
            )
            yield from (url for record_id, url in rows if record_id not in record_ids)


def _shared_pictures(catalog: Catalog, article_id: str, places: set[str]) -> set[str]:
    """The urlkeys of an article's pictures that another article shows as well."""
    own = {image["url"] for one in catalog.versions(article_id) for image in one.values().get("images") or ()}
    wanted = {url: urlkey(url) for url in own if urlkey(url) in places}
    shared: set[str] = set()
    seq = 0
    while wanted and (page := catalog.versions_after(seq)):
        seq = page[-1].seq
        for version in page:
            if version.article_id != article_id:
                shared |= {key for url, key in wanted.items() if url.encode() in version.raw}
    return shared


def _remove_copies(collection: Collection, kept: Sequence[Path]) -> list[str]:
    """Remove what the rebuild kept, and older copies of the catalog: they hold what was removed."""
    older = collection.catalog_path.parent.glob(f"{collection.catalog_path.name}.*")
    lines = collection.jsonl.glob("*.before-rebuild*")
    removed = []
    for path in sorted({*kept, *older, *lines}):
        if path.exists() and not path.name.endswith(("-wal", "-shm")):
            path.unlink()
            removed.append(path.name)
    return removed
