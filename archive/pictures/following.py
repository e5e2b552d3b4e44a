"""Hashes the pictures that were captured since the last time, finds which are the same, and notes who printed them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import attrs
import cattrs
import numpy as np

from archive.article import Image
from archive.catalog import Catalog
from archive.catalog.picture_hashes import enter_anchors, enter_hashes, forget_hashes
from archive.catalog.picture_printings import enter_captured, enter_printings
from archive.catalog.pictures import (
    PictureCapture,
    PictureRow,
    StoredLikeness,
    captured_pictures,
    cursor,
    enter_picture,
    enter_same,
    forget_pictures,
    former_pictures,
    known_digests,
    last_capture,
    renew_picture,
    set_cursor,
)
from archive.catalog.readings import StoredReading, last_reading, readings_after
from archive.catalog.versions import Version
from archive.clock import now
from archive.collection import Collection
from archive.errors import PicturesBusy
from archive.locks import held_alone
from archive.pictures.anchors import STORED, unpacked
from archive.pictures.decoding import Hashed, Outcome
from archive.pictures.hashers import Hashers
from archive.pictures.hashing import METHOD, Likeness
from archive.pictures.matching import Match, matches
from archive.pictures.names import name_of
from archive.pictures.strips import stored_hashes
from archive.workers import usable_cores

_BATCH = 400
_AT_ONCE = 25
"""Pictures of one transaction, which keeps crawls from theirs meanwhile."""


@attrs.define
class Followed:
    """What was done: pictures hashed, those of them that are the same as others, by outcome; versions looked at."""

    hashed: int = 0
    same: int = 0
    outcomes: dict[str, int] = attrs.field(factory=dict)
    versions: int = 0


def follow(
    collection: Collection,
    *,
    wait: float = 0,
    rebuild: bool = False,
    processes: int | None = None,
    on_progress: Callable[[Followed], None] = lambda _followed: None,
    is_ended: Callable[[], bool] = lambda: False,
) -> Followed:
    """Hash and compare what was captured since the last time; what was done stays done, however this ends.

    Args:
        wait: seconds to wait for another process that does the same.
        rebuild: forget all that was done, and begin with the first capture.
        processes: how many decode; by default one for each usable core.
        on_progress: is called now and then.
        is_ended: whether to leave the rest for the next time; is asked now and then.

    Raises:
        PicturesBusy: another process was still doing it.
        WorkerLost: a process could not be begun.
        OSError: the disk failed.
    """
    collection = collection.whole  # what is withheld is left out by queries, as that may end any day
    with (
        held_alone(collection.pictures_lock, wait, PicturesBusy(collection.root)),
        collection.catalog(writable=True) as catalog,
        Hashers(collection.root, processes or usable_cores()) as own,
    ):
        if rebuild:
            with catalog.transaction() as connection:
                forget_pictures(connection)
        return _Following(collection, catalog, own, on_progress, is_ended).run()


class _Following:
    """One pass over what is new."""

    def __init__(
        self,
        collection: Collection,
        catalog: Catalog,
        hashers: Hashers,
        on_progress: Callable[[Followed], None],
        is_ended: Callable[[], bool],
    ) -> None:
        self._collection, self._catalog, self._hashers = collection, catalog, hashers
        self._on_progress, self._is_ended = on_progress, is_ended
        self._connection = catalog.connection
        self._followed = Followed()

    def run(self) -> Followed:
        """Follow up to what is there now: what comes meanwhile is for the next pass."""
        readings, versions = last_reading(self._connection), self._catalog.last_seq()
        # captures are before the versions that show them: what is not hashed yet would not be noted
        if self._hash(last_capture(self._connection)) and self._note_versions(versions):
            self._note_readings(readings)
            self._hash_anew()
        return self._followed

    def _hash(self, until: int) -> bool:
        """Hash what was captured; whether all of it is hashed."""
        reached = min(cursor(self._connection, "captures"), until)
        while captures := captured_pictures(self._connection, reached, until, _BATCH):
            known = known_digests(self._connection, {one.payload_digest for one in captures})
            fresh = {
                one.payload_digest: one for one in reversed(captures)
                if one.has_payload and one.payload_digest not in known
            }  # fmt: skip
            wanted = [one for one in captures if fresh.get(one.payload_digest) is one]
            hashed = self._hashed(wanted)
            following = iter(captures)
            while part := list(islice(following, _AT_ONCE)):
                found = [next(hashed) for one in part if fresh.get(one.payload_digest) is one]
                self._enter(part, {one.payload_digest: outcome for one, outcome in found})
                self._on_progress(self._followed)
                if self._is_ended():
                    return False
            reached = captures[-1].number
        if until > cursor(self._connection, "captures"):
            with self._catalog.transaction() as connection:
                set_cursor(connection, "captures", until)
        return True

    def _hashed(self, wanted: list[PictureCapture]) -> Iterator[tuple[PictureCapture, Hashed | None]]:
        for one, found in zip(wanted, self._hashers.each(one.place for one in wanted), strict=True):
            if found is not None and found.outcome is Outcome.UNREADABLE:
                found = self._hashed_elsewhere(one) or found
            yield one, found

    def _hashed_elsewhere(self, capture: PictureCapture) -> Hashed | None:
        """What became of a record that was moved to another file since it was looked up."""
        now = self._catalog.capture(capture.record_id)
        if now is None or (place := (now.file, now.offset, now.length)) == capture.place:
            return None
        with Hashers(self._collection.root, 1) as hashers:
            return next(hashers.each([place]))

    def _enter(self, captures: Iterable[PictureCapture], hashed: dict[str, Hashed | None]) -> None:
        """Enter the pictures of some captures, and how far that goes, in one transaction."""
        with self._catalog.transaction() as connection:
            known = known_digests(connection, {one.payload_digest for one in captures})
            for one in captures:
                found = hashed.get(one.payload_digest)
                if found is not None and one.payload_digest not in known:
                    known[one.payload_digest] = self._enter_picture(one, found)
                if one.payload_digest in known:
                    enter_captured(connection, one.url, known[one.payload_digest])
                set_cursor(connection, "captures", one.number)

    def _enter_picture(self, capture: PictureCapture, found: Hashed) -> int:
        likeness, connection = found.likeness, self._connection
        row = PictureRow(
            payload_digest=capture.payload_digest, name=name_of(capture.payload_digest),
            captured_at=capture.captured_at, outcome=found.outcome.value, mime=found.mime,
            width=found.width, height=found.height, octets=found.octets,
            phash=f"{likeness.whole:016x}" if likeness else None,
        )  # fmt: skip
        self._followed.hashed += 1
        self._followed.outcomes[row.outcome] = self._followed.outcomes.get(row.outcome, 0) + 1
        if likeness is None:
            return enter_picture(connection, row, StoredLikeness(method=METHOD))
        same = matches(connection, likeness)
        id = enter_picture(connection, row, _stored(likeness))
        self._compared(id, likeness, same)
        return id

    def _compared(self, id: int, likeness: Likeness, same: list[Match]) -> None:
        """Enter which pictures are the same as one, and its hashes, by which later ones find it."""
        if same:
            self._followed.same += 1
            enter_same(self._connection, id, [(one.id, one.relation.value, one.similarity) for one in same])
        enter_hashes(self._connection, id, stored_hashes(likeness).tolist())
        enter_anchors(self._connection, id, likeness.anchors.hashes[:STORED].tolist())

    def _hash_anew(self) -> None:
        """Hash those again that a former version of this hashed."""
        if cursor(self._connection, "method") >= METHOD:
            return
        reached = 0
        while pictures := former_pictures(self._connection, METHOD, reached, _AT_ONCE):
            hashed = list(self._hashed([capture for _, capture in pictures]))
            with self._catalog.transaction():
                for (id, _), (_, found) in zip(pictures, hashed, strict=True):
                    if found is not None and found.likeness is not None:
                        self._renew(id, found.likeness)
            reached = pictures[-1][0]
            self._on_progress(self._followed)
            if self._is_ended():
                return
        with self._catalog.transaction() as connection:
            set_cursor(connection, "method", METHOD)

    def _renew(self, id: int, likeness: Likeness) -> None:
        strips, anchors = renew_picture(self._connection, id, _stored(likeness))
        forget_hashes(self._connection, id, np.frombuffer(strips, "<u8").tolist(), unpacked(anchors)[1].tolist())
        self._followed.hashed += 1
        self._compared(id, likeness, matches(self._connection, likeness))

    def _note_versions(self, until: int) -> bool:
        reached = cursor(self._connection, "versions")
        while versions := [one for one in self._catalog.versions_after(reached, limit=_BATCH) if one.seq <= until]:
            with self._catalog.transaction():
                for one in versions:
                    self._note(one.seq, one)
                reached = versions[-1].seq
                set_cursor(self._connection, "versions", reached)
            self._followed.versions += len(versions)
            self._on_progress(self._followed)
            if self._is_ended():
                return False
        return True

    def _note_readings(self, until: int) -> None:
        reached = cursor(self._connection, "readings")
        while readings := [one for one in readings_after(self._connection, reached, limit=_BATCH) if one.id <= until]:
            with self._catalog.transaction():
                for one in readings:
                    if one.record_id is None:  # those of other captures are not shown as the version
                        self._note(one.version_seq, one)
                reached = readings[-1].id
                set_cursor(self._connection, "readings", reached)

    def _note(self, version_seq: int, read: Version | StoredReading) -> None:
        """Note which pictures a version has, as a reading says; of a damaged line none."""
        images: tuple[Image, ...] = ()
        captured_at = now()
        with contextlib.suppress(ValueError, TypeError, KeyError, cattrs.BaseValidationError):
            article = read.article()
            images, captured_at = article.images, article.captured_at
        held = [image.capture or self._catalog.nearest_success(image.url, captured_at) for image in images]
        known = known_digests(self._connection, {one.payload_digest for one in held if one and one.payload_digest})
        printings: list[tuple[int, int | None, str | None]] = []
        for number, (image, one) in enumerate(zip(images, held, strict=True), 1):
            id = known.get(one.payload_digest) if one and one.payload_digest else None
            if id is not None:
                printings.append((number, id, None))
            elif one is None:
                printings.append((number, None, image.url))
        enter_printings(self._connection, version_seq, printings)


def _stored(likeness: Likeness) -> StoredLikeness:
    strips = stored_hashes(likeness).astype("<u8").tobytes()
    return StoredLikeness(method=METHOD, strips=strips, anchors=likeness.anchors.packed(), thumbnail=likeness.thumbnail)
