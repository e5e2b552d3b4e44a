"""Errors of a collection as a whole: it is not there, cannot be written, or is in use."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from archive.errors.base import BaotinhError, UsageError


class CollectionMissing(UsageError):
    """There is no collection at `path`; crawl into it first or name another, such as those that lie `near`."""

    def __init__(self, path: Path, near: Sequence[Path] = ()) -> None:
        self.path, self.near = path, tuple(near)
        others = " or ".join(f"--collection {one}" for one in self.near)
        mend = (
            f"one lies near it: say {others}"
            if others
            else "crawl into it first, or 'baotinh init' makes one, or name another with --collection"
        )
        what = "holds no collection" if path.exists() else "is not there, and so holds no collection"
        super().__init__(f"{path} {what}; {mend}")


class CollectionTooNew(UsageError):
    """A later version of baotinh wrote the collection; use that version."""

    def __init__(self, path: Path, found: int, supported: int) -> None:
        self.path, self.found, self.supported = path, found, supported
        super().__init__(
            f"{path} was written by a newer baotinh (catalog version {found}, this one reads up to {supported}); "
            "install the newer version"
        )


class CollectionOutdated(UsageError):
    """An earlier version of baotinh wrote the collection, and it cannot be migrated, because it is read-only."""

    def __init__(self, path: Path, found: int, supported: int) -> None:
        self.path, self.found, self.supported = path, found, supported
        super().__init__(
            f"{path} was written by an older baotinh (catalog version {found}, this one reads {supported}) and cannot "
            "be changed where it lies; copy it to a disk that can be written, and open the copy"
        )


class NothingToAdopt(UsageError):
    """Nothing was crawled under the name of a host; choose one of `known`."""

    def __init__(self, host: str, known: Sequence[str]) -> None:
        self.host, self.known = host, tuple(known)
        super().__init__(
            f"nothing was crawled under the name {host}; crawled by their addresses were {', '.join(known) or 'none'}"
        )


class HostNotDeclared(UsageError):
    """A newspaper's declaration does not name a host; add it there, or name another newspaper."""

    def __init__(self, newspaper: str, host: str, hosts: Sequence[str]) -> None:
        self.newspaper, self.host, self.hosts = newspaper, host, tuple(hosts)
        super().__init__(
            f"{newspaper} is declared for {', '.join(hosts)}, not for {host}; add it to the declaration's hosts or "
            "former_hosts, or name the newspaper whose it is"
        )


class HeldTwice(UsageError):
    """Articles were crawled both under a newspaper's name and under its host's: `id` is `own`, one of `count`."""

    def __init__(self, newspaper: str, host: str, count: int, id: str, own: str) -> None:
        self.newspaper, self.host, self.count, self.id, self.own = newspaper, host, count, id, own
        super().__init__(
            f"of {host}'s articles {count} were crawled as {newspaper}'s as well, {id} as {own}: both have a history "
            "of their own, and neither is changed; adopt before the first crawl by the declaration"
        )


class BackupInside(UsageError):
    """A backup would lie within its collection, or the collection within its backup; choose another directory."""

    def __init__(self, path: Path, collection: Path) -> None:
        self.path, self.collection = path, collection
        super().__init__(f"{path} and {collection} lie one within the other; give the backup a directory apart")


class MergeConflict(UsageError):
    """Two collections hold different files under one name; `name` is the file's, within the collection."""

    def __init__(self, path: Path, source: Path, name: str) -> None:
        self.path, self.source, self.name = path, source, name
        super().__init__(
            f"{name} of {source} differs from that of {path}: the two were not crawled apart, or one is damaged "
            "(run 'baotinh verify' on both); nothing was copied"
        )


class NotABackup(UsageError):
    """The directory is neither empty nor an earlier backup of this collection; `found` names a file in it."""

    def __init__(self, path: Path, found: str) -> None:
        self.path, self.found = path, found
        super().__init__(
            f"{path} is neither empty nor an earlier backup of this collection ({found}); give a new directory"
        )


class PlaceUnusable(UsageError):
    """The place `url` cannot be reached: what reaches it is not installed, or its options are wrong."""

    def __init__(self, url: str, reason: str) -> None:
        self.url, self.reason = url, reason
        super().__init__(
            f"{url} cannot be reached ({reason}); for S3 run pip install 'baotinh[s3]', "
            "for others install what fsspec names, and check the options"
        )


class PlaceTaken(UsageError):
    """The place `url` holds the WARC files of another collection; `found` says which."""

    def __init__(self, url: str, found: str) -> None:
        self.url, self.found = url, found
        super().__init__(f"{url} holds files of another collection ({found}); give a folder or prefix of its own")


class NoBackup(UsageError):
    """The place `url` holds no backup that can be restored; `found` says what is there."""

    def __init__(self, url: str, found: str) -> None:
        self.url, self.found = url, found
        super().__init__(f"{url} holds no backup that can be read ({found}); name one that 'baotinh backup' wrote")


class NoPlace(UsageError):
    """No place was named, and the WARC files of the collection at `path` were never moved to one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"the WARC files of {path} were never moved; name a folder or an address such as s3://bucket/name"
        )


class NotADemonstration(UsageError):
    """A demonstration would be mixed into a collection of real newspapers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} holds crawls of real newspapers; give the demonstration a --collection of its own")


class CollectionError(BaotinhError):
    """The collection cannot be used now; correct the cause and call again."""


class CollectionUnwritable(CollectionError):
    """The directory cannot be made or written; `reason` is the system's."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(
            f"{path} cannot be written ({reason}); make room or mend its permissions, or choose another --collection"
        )


class CollectionInconsistent(CollectionError):
    """What is on disk contradicts the catalog; nothing was changed."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} contradicts the catalog ({reason}); nothing was changed: run 'baotinh verify'")


class CatalogDamaged(CollectionError):
    """The catalog's file cannot be read as a database."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(
            f"the catalog of {path} is damaged ({reason}); make it anew with 'baotinh rebuild', or put back a copy"
        )


class ClockSetBack(CollectionError):
    """The clock is behind the latest capture; new captures would have earlier dates."""

    def __init__(self, found: datetime, latest: datetime) -> None:
        self.found, self.latest = found, latest
        super().__init__(
            f"the clock says {found:%Y-%m-%d %H:%M:%S} UTC, but captures of {latest:%Y-%m-%d %H:%M:%S} UTC are held: "
            "set the clock right and crawl again (or raise BAOTINH_SET_BACK_SECONDS if the captures' clock was wrong)"
        )


class PlacesUnreadable(CollectionError):
    """The file that names the places of the WARC files cannot be read; `reason` says what is wrong in it."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(
            f"{path} cannot be read ({reason}); put back a copy, or remove it and name the place anew "
            "with 'baotinh move PLACE'"
        )


class PlaceFailed(CollectionError):
    """The place `url` cannot be read or written now; `reason` is its own."""

    def __init__(self, url: str, reason: str) -> None:
        self.url, self.reason = url, reason
        super().__init__(f"{url} failed ({reason}); nothing was lost: run it again when the place answers")


class NewspaperLocked(CollectionError):
    """Another process crawls this newspaper into this collection; wait for it or stop it."""

    def __init__(self, newspaper: str, path: Path) -> None:
        self.newspaper, self.path = newspaper, path
        super().__init__(f"{newspaper} is already being crawled into {path}; wait until that run ends, or stop it")


class SchedulerRunning(CollectionError):
    """Another process runs the jobs of this collection already; stop it first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"the jobs of {path} are already being run by another process; stop that one first")


class DaemonMissing(CollectionError):
    """No daemon of this machine runs the jobs of the collection at `path`, or it does not answer; start it."""

    def __init__(self, path: Path, why: str | None = None) -> None:
        self.path, self.why = path, why
        super().__init__(
            f"the daemon of {path} does not answer ({why}); see its log"
            if why
            else f"no daemon runs the jobs of {path}; start it: 'baotinh jobs start'"
        )


class DaemonRefused(CollectionError):
    """The daemon refused a command, for a reason that it gives; correct the cause and repeat the command."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class CollectionBusy(CollectionError):
    """Another process rebuilds, checks, copies or compacts the collection, or keeps its catalog open; wait for it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} is being rebuilt, checked, compacted, backed up or read by another process; "
            "wait until it is done, or stop it"
        )


class NoRoom(CollectionError):
    """A disk has too little room; files that are there stay valid. Sizes in bytes."""

    def __init__(self, path: Path, needed: int, free: int) -> None:
        self.path, self.needed, self.free = path, needed, free
        super().__init__(
            f"{path} has too little room: {free:,} bytes are free, at least {needed:,} are needed; make room, or give "
            "a directory on another disk"
        )


class IndexBusy(CollectionError):
    """Another process is writing the index, and it will have the same articles."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} is being written by another process; wait until it is done")


class ReprintsBusy(CollectionError):
    """Another process is comparing the articles of the collection, and it will find the same reprints."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"the articles of {path} are being compared by another process; wait until it is done")


class WorkerLost(BaotinhError):
    """A worker process of a check or a rebuild ended before its work; `code` is negative for a signal. Run it again."""

    def __init__(self, process: int, code: int) -> None:
        self.process, self.code = process, code
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        super().__init__(
            f"worker process {process} {how} before its work was done: there is no result, and nothing was changed; "
            "run it again, with fewer --processes if memory ran out"
        )
