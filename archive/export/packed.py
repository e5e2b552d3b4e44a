"""An export and its README in one ZIP file, written from front to back."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from archive.collection import Collection
from archive.export.formats import SUFFIXES
from archive.export.readme import readme, readme_path
from archive.export.streaming import Appended
from archive.export.taking import Exported, Wanted, export


def export_packed(collection: Collection, wanted: Wanted, stem: str, file: IO[bytes], instant: datetime) -> Exported:
    """Write a ZIP file of the export, named after `stem`, and of its README; nothing of it is kept in memory.

    Raises:
        UnknownNewspaper, CollectionInconsistent, OSError: as `export`.
    """
    path = Path(stem + SUFFIXES[wanted.form])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        with packed.open(_entry(path.name, wanted, instant), "w", force_zip64=True) as member:
            exported = export(collection, wanted, cast("IO[bytes]", Appended(member.write)))
        text = readme(path, wanted, exported, instant)
        packed.writestr(_entry(readme_path(path).name, wanted, instant), text, zipfile.ZIP_DEFLATED)
    return exported


def _entry(name: str, wanted: Wanted, instant: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, instant.timetuple()[:6])
    # Parquet is compressed already
    entry.compress_type = zipfile.ZIP_STORED if wanted.form == "parquet" else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
