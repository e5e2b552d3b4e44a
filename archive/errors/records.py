"""Errors of WARC files and their records."""

from __future__ import annotations

from pathlib import Path

from archive.errors.base import BaotinhError, UsageError
from archive.faults import Damage, Fault, damage_words
from archive.readable import Readable


class FileMissing(UsageError):
    """There is no file at `path`; `wanted` says what should lie there."""

    def __init__(self, path: Path, wanted: str) -> None:
        self.path, self.wanted = path, wanted
        super().__init__(f"{path}: there is no such file; give the path of {wanted}")


def no_archive(path: Readable, error: OSError) -> FileMissing | NotAWarc:
    """The error for an archive that cannot be opened."""
    if isinstance(error, FileNotFoundError):
        return FileMissing(Path(str(path)), "a WARC, ARC, WACZ or CDXJ file")
    return NotAWarc(path, Fault.of(Damage.UNREADABLE, found=error.strerror or str(error)))


class NotAWarc(UsageError):
    """The file given as an archive is not a WARC file; `fault` says why."""

    def __init__(self, path: Readable, fault: Fault) -> None:
        self.path, self.fault = path, fault
        helps = "give a .warc or .warc.gz file"
        if fault.code is Damage.ZSTD_FILE:
            helps = "decompress it first, for instance with 'zstd -d'"
        elif fault == Fault.of(Damage.OTHER_KIND, found="ARC"):
            helps = f"'warcio recompress {path} COPY.warc.gz' writes one with its records"
        super().__init__(f"{path} is not a WARC file ({damage_words(fault)}); {helps}")


class OutputExists(UsageError):
    """There is a file at `path`, and a repaired copy is not written over it; name another path, or move the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} is there already; name another file with --output, or move it away")


class LinkImpossible(UsageError):
    """A file that was to be imported with --link cannot get a second name in the collection; `reason` says why."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(
            f"{path} cannot be linked into the collection ({reason}); a link needs the same disk: import it with --copy"
        )


class RecordError(BaotinhError):
    """A record cannot be read."""


class RecordDamaged(RecordError):
    """No record can be read at `offset`; `fault` says why. `baotinh verify` lists all that is wrong with the file."""

    def __init__(self, path: Readable, offset: int, fault: Fault) -> None:
        self.path, self.offset, self.fault = path, offset, fault
        super().__init__(f"{path} at byte {offset}: {damage_words(fault)}; run 'baotinh verify'")


class RecordsShareMember(RecordDamaged):
    """Several records share the gzip member at `offset`, or (`goes_on`) its record goes on in the next member.

    Nothing is damaged; `baotinh repair` writes a copy with one member a record.
    """

    def __init__(self, path: Readable, offset: int, *, goes_on: bool = False) -> None:
        self.goes_on = goes_on
        super().__init__(path, offset, Fault.of(Damage.DIVIDED_RECORD if goes_on else Damage.SEVERAL_RECORDS))
        found = (
            f"a record that begins in the gzip member at byte {offset} and goes on in the next"
            if goes_on
            else f"several records in the gzip member at byte {offset}, which have no place of their own"
        )
        self.args = (
            f"{path} holds {found}; nothing was imported: 'baotinh repair {path}' writes a copy that can be read",
        )


class ArchiveDamaged(RecordError):
    """An archive that was to be imported is damaged at `offset`; nothing of it was imported.

    `is_repairable`: `baotinh repair` writes a copy of its sound records that can be imported.
    """

    def __init__(self, path: Readable, offset: int, fault: Fault, *, is_repairable: bool = False) -> None:
        self.path, self.offset, self.fault, self.is_repairable = path, offset, fault, is_repairable
        mend = f", or read a copy of its sound records, which 'baotinh repair {path}' writes" if is_repairable else ""
        super().__init__(
            f"{path} is damaged at byte {offset} ({damage_words(fault)}); nothing was imported: get a sound copy of "
            f"it{mend}"
        )


class OriginalMissing(RecordError):
    """An archive holds only revisits of an address, and not their original; the address counts as failed."""

    def __init__(self, url: str, record_id: str, path: Path) -> None:
        self.url, self.record_id, self.path = url, record_id, path
        super().__init__(
            f"{path} holds only the revisit {record_id} of {url}, and not its original: import the archive that holds "
            "the original first"
        )


class RecordMissing(RecordError):
    """The catalog lists no record with that id."""

    def __init__(self, record_id: str) -> None:
        self.record_id = record_id
        super().__init__(f"the catalog holds no record {record_id}; run 'baotinh verify'")


class NothingSaved(BaotinhError):
    """A damaged archive holds no sound record; no copy is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} holds no sound record; nothing was written: get another copy of it")


class CaptureMissing(BaotinhError):
    """A source archive holds no capture of the address; counted as missing, not as an error."""

    def __init__(self, url: str, path: Path) -> None:
        self.url, self.path = url, path
        super().__init__(f"{path} holds no capture of {url}")
