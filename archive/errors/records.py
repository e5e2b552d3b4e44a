"""Errors of WARC files and their records."""

from __future__ import annotations

from pathlib import Path

from archive.errors.base import BaotinhError, UsageError


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
            f"nothing was imported: 'baotinh repair {path}' writes a copy that can be read",
        )


class ArchiveDamaged(RecordError):
    """An archive that was to be read is damaged; nothing of it was imported.

    `is_repairable`: a copy of its sound records can be read.
    """

    def __init__(self, path: Path, offset: int, found: str, *, is_repairable: bool = False) -> None:
        self.path, self.offset, self.found, self.is_repairable = path, offset, found, is_repairable
        mend = f", or read a copy of its sound records, which 'baotinh repair {path}' writes" if is_repairable else ""
        super().__init__(
            f"{path} is damaged at byte {offset} ({found}); nothing was imported: get a sound copy of it{mend}"
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


class NothingSaved(BaotinhError):
    """A damaged archive holds no sound record; no copy was written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} holds no sound record; nothing was written: get another copy of it")


class CaptureMissing(BaotinhError):
    """A source archive holds no capture of the address; counted as missing, not as an error."""

    def __init__(self, url: str, path: Path) -> None:
        self.url, self.path = url, path
        super().__init__(f"{path} holds no capture of {url}")
