"""The errors of baotinh, each carrying values and the mend; prints nothing and ends no process itself.

BaotinhError
├── UsageError                      the caller asked for what cannot be: exit code 2
│   ├── UnknownNewspaper            name, known
│   ├── UnknownSection              newspaper, name, known
│   ├── BadDeclaration              path, line, attribute, found, mend
│   ├── ContactMissing              found
│   ├── CollectionMissing           path, near
│   ├── CollectionTooNew            path, found, supported
│   ├── CollectionOutdated          path, found, supported
│   ├── BackupInside                path, collection
│   ├── NotABackup                  path, found
│   ├── FileMissing                 path, wanted
│   ├── NotAWarc                    path, found
│   ├── OutputExists                path
│   ├── NotADemonstration           path
│   ├── BadQuery                    query, reason
│   ├── BadAddress                  url
│   ├── NoHostName                  url, host
│   ├── BadDay                      name, found
│   ├── NoDaysBetween               since, until
│   ├── BadLoopback                 found
│   ├── BadSetting                  name, found, expected
│   ├── BadSchedule                 path, problems
│   ├── UnknownJob                  name, known
│   ├── UnknownRun                  name
│   ├── NoSuchPage                  place, reason
│   └── UnknownArticle              id
├── CollectionError                 the collection cannot be used now: exit code 1
│   ├── CollectionUnwritable        path, reason
│   ├── CollectionInconsistent      path, reason
│   ├── CatalogDamaged              path, reason
│   ├── ClockSetBack                found, latest
│   ├── NewspaperLocked             newspaper, path
│   ├── SchedulerRunning            path
│   ├── CollectionBusy              path
│   ├── NoRoom                      path, needed, free
│   └── IndexBusy                   path
├── RecordError                     a WARC record cannot be read: exit code 1
│   ├── RecordDamaged               path, offset, expected, found
│   │   └── RecordsShareMember      path, offset
│   ├── ArchiveDamaged              path, offset, found, is_repairable
│   ├── OriginalMissing             url, record_id, path
│   └── RecordMissing               record_id
├── PageError                       a page cannot become an article
│   ├── NotAnArticle                url, missing
│   └── PageUnreadable              url, failure, detail, tries
├── NothingSaved                    path: exit code 1
├── CaptureMissing                  url, path: a source archive lacks an address
├── TapBroken                       found: exit code 1
├── NetworkDown                     newspaper, reason: exit code 1
├── SectionsUnread                  newspaper, reason: exit code 1
├── NotCaptured                     urls: exit code 1
├── NothingToRead                   place, reason, mend: exit code 1
├── PortTaken                       host, port, option: exit code 1
├── AddressUnusable                 host, port, reason: exit code 1
└── ViewerMissing                   path: exit code 1
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import attrs

from archive.suggestions import did_you_mean


class BaotinhError(Exception):
    """The root. `str(error)` is one line that says what is wrong and what to do; `exit_code` is for a command."""

    exit_code = 1


class UsageError(BaotinhError):
    """The command or the call was wrong; calling again unchanged will fail again."""

    exit_code = 2


class UnknownNewspaper(UsageError):
    """No declaration has that name; choose one of `known`."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known = name, tuple(known)
        meant = did_you_mean(name, known) or f"; known are {', '.join(self.known)}"
        super().__init__(f"no newspaper is called {name!r}{meant} (see 'baotinh newspapers')")


class UnknownSection(UsageError):
    """The newspaper declares no such section; choose one of `known`."""

    def __init__(self, newspaper: str, name: str, known: Sequence[str]) -> None:
        self.newspaper, self.name, self.known = newspaper, name, tuple(known)
        meant = did_you_mean(name, known)
        super().__init__(f"{newspaper} has no section {name!r}{meant}; it has {', '.join(known) or 'none declared'}")


class BadDeclaration(UsageError):
    """A newspaper's declaration is not what its schema asks for; mend the file at that line.

    `line` counts from 1 and is 0 where the file has no place for it; `found` is the value as Python prints it.
    """

    def __init__(self, path: Path, line: int, attribute: str, found: str, mend: str) -> None:
        self.path, self.line, self.attribute, self.found, self.mend = path, line, attribute, found, mend
        super().__init__(f"{path}:{line}: {attribute}: {found}; {mend}")


class ContactMissing(UsageError):
    """A network crawl needs an address where the operator can be reached; set one."""

    def __init__(self, found: str) -> None:
        self.found = found
        what = f"{found!r} is no e-mail or web address" if found else "no contact address is set"
        super().__init__(
            f"{what}; a crawl of the network must say whom to write to: set BAOTINH_CONTACT (or --contact) to an "
            "e-mail address or an https:// page"
        )


class CollectionMissing(UsageError):
    """There is no collection at `path`; crawl into it first or name another, such as those that lie `near`."""

    def __init__(self, path: Path, near: Sequence[Path] = ()) -> None:
        self.path, self.near = path, tuple(near)
        others = " or ".join(f"--collection {one}" for one in self.near)
        mend = f"one lies near it: say {others}" if others else "crawl into it first, or name another with --collection"
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
    """An earlier version of baotinh wrote the collection, and it cannot be brought up to date where it lies."""

    def __init__(self, path: Path, found: int, supported: int) -> None:
        self.path, self.found, self.supported = path, found, supported
        super().__init__(
            f"{path} was written by an older baotinh (catalog version {found}, this one reads {supported}) and cannot "
            "be changed where it lies; copy it to a disk that can be written, and open the copy"
        )


class BackupInside(UsageError):
    """A backup would lie within its collection, or the collection within its backup; choose another directory."""

    def __init__(self, path: Path, collection: Path) -> None:
        self.path, self.collection = path, collection
        super().__init__(f"{path} and {collection} lie one within the other; give the backup a directory apart")


class NotABackup(UsageError):
    """The directory is neither empty nor an earlier backup of this collection; `found` says what stands there."""

    def __init__(self, path: Path, found: str) -> None:
        self.path, self.found = path, found
        super().__init__(
            f"{path} is neither empty nor an earlier backup of this collection ({found}); give a new directory"
        )


class FileMissing(UsageError):
    """There is no file at `path`; `wanted` says what should lie there."""

    def __init__(self, path: Path, wanted: str) -> None:
        self.path, self.wanted = path, wanted
        super().__init__(f"{path}: there is no such file; give the path of {wanted}")


def no_archive(path: Path, error: OSError) -> FileMissing | NotAWarc:
    """What is wrong with an archive that the system does not open."""
    if isinstance(error, FileNotFoundError):
        return FileMissing(path, "a WARC, ARC, WACZ or CDXJ file")
    return NotAWarc(path, error.strerror or str(error))


class NotAWarc(UsageError):
    """The file given as an archive is no WARC file; `found` is how it begins, or why it cannot be read."""

    def __init__(self, path: Path, found: str) -> None:
        self.path, self.found = path, found
        super().__init__(f"{path} is not a WARC file ({found}); give a .warc or .warc.gz file")


class OutputExists(UsageError):
    """A repaired copy is never written over a file; name another place, or move that file away."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} is there already; name another file with --output, or move it away")


class NotADemonstration(UsageError):
    """A demonstration would be mixed into a collection of real newspapers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} holds crawls of real newspapers; give the demonstration a --collection of its own")


class BadQuery(UsageError):
    """The query cannot be understood; `reason` says where."""

    def __init__(self, query: str, reason: str) -> None:
        self.query, self.reason = query, reason
        super().__init__(f"the query {query!r} cannot be read: {reason}")


class BadAddress(UsageError):
    """What was given is no web address."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(f"{url!r} is no web address; give one that begins with https:// or http://")


class NoHostName(UsageError):
    """The address of a newspaper names its host by a number, or not as the network does; give it by name."""

    def __init__(self, url: str, host: str) -> None:
        self.url, self.host = url, host
        super().__init__(
            f"{url!r} names no host such as baocantho.com.vn, but {host!r}, by which no newspaper is known; give the "
            "address with the newspaper's name (a server of this machine is http://NAME.test/, with --loopback)"
        )


class BadLoopback(UsageError):
    """A loopback crawl was asked for elsewhere than on this machine."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(f"--loopback must be an address of this machine and a port, 127.0.0.1:8063, not {found!r}")


class BadDay(UsageError):
    """A day is no day of the calendar; give it as year-month-day."""

    def __init__(self, name: str, found: str) -> None:
        self.name, self.found = name, found
        super().__init__(f"{name} must be a day such as 2025-07-01, not {found!r}")


class NoDaysBetween(UsageError):
    """The first day that is wanted lies behind the last; give them the other way round."""

    def __init__(self, since: date, until: date) -> None:
        self.since, self.until = since, until
        super().__init__(f"no day lies between since {since} and until {until}; say them the other way round")


class BadSetting(UsageError):
    """An environment variable has a value that the setting cannot have."""

    def __init__(self, name: str, found: str, expected: str) -> None:
        self.name, self.found, self.expected = name, found, expected
        super().__init__(f"{name} must be {expected}, not {found!r}")


@attrs.frozen
class Problem:
    """Something wrong in a file: its line where that is known, what it is, and how to mend it."""

    line: int | None
    what: str
    mend: str


class BadSchedule(UsageError):
    """A schedule holds something wrong; `problems` are all of them."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        self.path, self.problems = path, tuple(problems)
        lines = (f"{path}{f':{one.line}' if one.line else ''}: {one.what}; {one.mend}" for one in self.problems)
        super().__init__("\n".join(lines))


class UnknownJob(UsageError):
    """The schedule has no job of that name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known = name, tuple(known)
        meant = did_you_mean(name, known)
        super().__init__(f"no job is called {name!r}{meant}; the schedule has {', '.join(known) or 'none'}")


class UnknownRun(UsageError):
    """No run has that name; `baotinh jobs history` lists them."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no run is called {name!r}; 'baotinh jobs history' lists them")


class NoSuchPage(UsageError):
    """The page that was to be explained is neither a file nor a capture of the collection; capture it first."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place} cannot be explained: {reason}")


class UnknownArticle(UsageError):
    """No article has that id; `baotinh search` lists ids."""

    def __init__(self, id: str) -> None:
        self.id = id
        super().__init__(f"no article has the id {id!r}; 'baotinh search' shows ids such as baocantho:194219")


class CollectionError(BaotinhError):
    """The collection cannot be used now; mend the cause and call again."""


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
    """The clock stands before the latest capture; what were written now would seem to be older than that."""

    def __init__(self, found: datetime, latest: datetime) -> None:
        self.found, self.latest = found, latest
        super().__init__(
            f"the clock says {found:%Y-%m-%d %H:%M:%S} UTC, but captures of {latest:%Y-%m-%d %H:%M:%S} UTC are held: "
            "set the clock right and crawl again (or raise BAOTINH_SET_BACK_SECONDS if the captures' clock was wrong)"
        )


class NewspaperLocked(CollectionError):
    """Another process crawls this newspaper into this collection; wait for it or stop it."""

    SAID = "is already being crawled into"

    def __init__(self, newspaper: str, path: Path) -> None:
        self.newspaper, self.path = newspaper, path
        super().__init__(f"{newspaper} {self.SAID} {path}; wait until that run ends, or stop it")


class SchedulerRunning(CollectionError):
    """Another process runs the jobs of this collection already; stop it first, or leave it be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"the jobs of {path} are already being run by another process; stop that one first")


class CollectionBusy(CollectionError):
    """Another process rebuilds the collection, backs up into it or keeps its catalog open; wait for it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} is being rebuilt, backed up into or read by another process; wait until it is done, or stop it"
        )


class NoRoom(CollectionError):
    """A disk has not the room for what was to be written; what is there already stays valid. Sizes in bytes."""

    def __init__(self, path: Path, needed: int, free: int) -> None:
        self.path, self.needed, self.free = path, needed, free
        super().__init__(
            f"{path} has not the room: {free:,} bytes are free, at least {needed:,} are needed; make room, or give a "
            "directory on another disk"
        )


class IndexBusy(CollectionError):
    """Another process is writing the index; what it writes will hold the same articles."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} is being written by another process; wait until it is done")


class RecordError(BaotinhError):
    """A record cannot be read."""


class RecordDamaged(RecordError):
    """The bytes at `offset` are not the record that was expected there."""

    def __init__(self, path: Path, offset: int, expected: str, found: str) -> None:
        self.path, self.offset, self.expected, self.found = path, offset, expected, found
        super().__init__(f"{path} at byte {offset}: expected {expected}, found {found}; run 'baotinh verify'")


class RecordsShareMember(RecordDamaged):
    """Several records stand in one gzip member at `offset`, so that none but the first can be read by its place.

    Nothing is damaged; `baotinh repair` writes a copy with one member a record.
    """

    def __init__(self, path: Path, offset: int) -> None:
        super().__init__(path, offset, "one record in a gzip member", "several")
        self.args = (
            f"{path} holds several records in the gzip member at byte {offset}, which have no place of their own; "
            f"nothing was taken in: 'baotinh repair {path}' writes a copy that can be read",
        )


class ArchiveDamaged(RecordError):
    """An archive that was to be read is damaged; nothing of it was taken in.

    `is_repairable`: a copy of its sound records can be read.
    """

    def __init__(self, path: Path, offset: int, found: str, *, is_repairable: bool = False) -> None:
        self.path, self.offset, self.found, self.is_repairable = path, offset, found, is_repairable
        mend = f", or read a copy of its sound records, which 'baotinh repair {path}' writes" if is_repairable else ""
        super().__init__(
            f"{path} is damaged at byte {offset} ({found}); nothing was taken in: get a sound copy of it{mend}"
        )


class OriginalMissing(RecordError):
    """An archive holds an address as revisits alone, and not what they stand for; the address counts as failed."""

    def __init__(self, url: str, record_id: str, path: Path) -> None:
        self.url, self.record_id, self.path = url, record_id, path
        super().__init__(
            f"{path} holds {url} as the revisit {record_id} alone, and not the capture that it stands for: read the "
            "archive that holds it first"
        )


class RecordMissing(RecordError):
    """The catalog knows no record of that id."""

    def __init__(self, record_id: str) -> None:
        self.record_id = record_id
        super().__init__(f"the catalog holds no record {record_id}; run 'baotinh verify'")


class PageError(BaotinhError):
    """A page cannot become an article; the page itself is kept."""


class NotAnArticle(PageError):
    """Required fields could not be read; `missing` maps each to its reason. The run's report lists it."""

    def __init__(self, url: str, missing: Mapping[str, str]) -> None:
        self.url, self.missing = url, dict(missing)
        reasons = "; ".join(f"{field}: {reason}" for field, reason in self.missing.items())
        super().__init__(f"{url} gives no article ({reasons}); the page is archived and can be read again later")


class NothingSaved(BaotinhError):
    """A damaged archive holds no sound record; no copy was written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} holds no sound record; nothing was written: get another copy of it")


class ReadingFailure(enum.StrEnum):
    """Why reading a page failed, and what the `detail` beside it then is."""

    ENDED = "ended"  # the reading process ended amid the page; its exit code
    LATE = "late"  # it took longer than a page may take; so many seconds
    RAISED = "raised"  # the reader raised an error; its name and message
    STOPPED = "stopped"  # the crawl ended before the page was read; nothing. Says nothing of the page

    def worded(self, detail: str) -> str:
        """The failure in words, for reports and logs."""
        match self:
            case ReadingFailure.ENDED:
                return f"the reading process ended with {detail}"
            case ReadingFailure.LATE:
                return f"reading it took more than {detail} s"
            case ReadingFailure.STOPPED:
                return "the crawl ended before it was read"
        return detail


class PageUnreadable(PageError):
    """Reading a page failed `tries` times. It is archived; the catalog lists it as unread until a run has read it."""

    def __init__(self, url: str, failure: ReadingFailure, detail: str, tries: int) -> None:
        self.url, self.failure, self.detail, self.tries = url, failure, detail, tries
        super().__init__(f"{url} could not be read ({self.reason}); it is archived and will be read again")

    @property
    def reason(self) -> str:
        """Why, in words."""
        return self.failure.worded(self.detail)


class CaptureMissing(BaotinhError):
    """A source archive holds no capture of the address; counted as missing, not as an error."""

    def __init__(self, url: str, path: Path) -> None:
        self.url, self.path = url, path
        super().__init__(f"{path} holds no capture of {url}")


class TapBroken(BaotinhError):
    """The bytes of the wire cannot be had with this Scrapy or Python; `found` says where they differ."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(
            f"pages cannot be captured byte for byte ({found}); nothing was crawled: install the versions "
            "that requirements.lock names"
        )


class NetworkDown(BaotinhError):
    """Not one answer came during a crawl; `reason` is the last failure's."""

    def __init__(self, newspaper: str, reason: str) -> None:
        self.newspaper, self.reason = newspaper, reason
        super().__init__(f"no answer from {newspaper} ({reason}); check the network and crawl again: nothing was lost")


class SectionsUnread(BaotinhError):
    """The newspaper answers, but not one of its sections could be read; `reason` is the last failure's."""

    def __init__(self, newspaper: str, reason: str) -> None:
        self.newspaper, self.reason = newspaper, reason
        super().__init__(
            f"not one section of {newspaper} could be read ({reason}); the report lists them: where the paper has "
            "moved them, mend its declaration"
        )


class NotCaptured(BaotinhError):
    """Some of the addresses that were asked for gave no page; the others are kept."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = tuple(urls)
        super().__init__(f"{len(self.urls)} of the addresses could not be captured: {', '.join(self.urls)}")


class NothingToRead(BaotinhError):
    """A site or an archive shows nothing to draft from or to check; `place` is the address or the file."""

    def __init__(self, place: str, reason: str, mend: str) -> None:
        self.place, self.reason, self.mend = place, reason, mend
        super().__init__(f"{place}: {reason}; {mend}")


class AddressUnusable(BaotinhError):
    """The system does not let us listen there; choose another address or port."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.host, self.port, self.reason = host, port, reason
        super().__init__(f"cannot listen on {host}:{port} ({reason}); choose another --host or --port")


class PortTaken(BaotinhError):
    """Another program listens there; choose another port."""

    def __init__(self, host: str, port: int, option: str = "--port") -> None:
        self.host, self.port, self.option = host, port, option
        super().__init__(f"{host}:{port} is in use by another program; stop it or choose another {option}")


class ViewerMissing(BaotinhError):
    """The viewer's files are not installed at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"the viewer is not installed in {path}; run 'make viewer' in the checkout")
