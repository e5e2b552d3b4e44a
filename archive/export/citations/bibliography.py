"""References for programs: BibTeX, RIS and CSL-JSON.

The Python libraries for these formats write values as they are; what would break a format is escaped here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from archive.export.citations.reference import Reference
from archive.printable import json_text

# By commands: a brace behind a backslash still counts as one when BibTeX looks for the end of a value.
_BIBTEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "%": r"\%",
        "&": r"\&",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
    }
)


# The names by which biblatex and babel know languages
_LANGIDS = {
    "vi": "vietnamese", "en": "english", "km": "khmer", "zh": "chinese", "fr": "french", "ru": "russian",
    "es": "spanish", "lo": "lao", "th": "thai", "ja": "japanese", "ko": "korean",
}  # fmt: skip


def bibtex(ref: Reference) -> str:
    """A BibTeX entry in UTF-8; names and title are in double braces, so that they are neither split nor lowered."""
    fields = {
        "author": " and ".join(f"{{{escaped(name)}}}" for name in ref.writers),
        "title": f"{{{escaped(ref.title)}}}",
        "journal": escaped(ref.newspaper),
        "year": f"{ref.published_at.year:04}",
        "month": str(ref.published_at.month),
        "day": str(ref.published_at.day),
        "date": ref.published_at.date().isoformat(),
        "url": ref.url,
        "urldate": ref.captured_at.date().isoformat(),
        "langid": _LANGIDS.get(ref.language.partition("-")[0], ""),
        "note": escaped(note(ref)),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@article{{{ref.key},\n{lines}\n}}\n"


def escaped(text: str) -> str:
    """A text as a value of BibTeX."""
    return text.translate(_BIBTEX)


def ris(ref: Reference) -> str:
    """A RIS record of the type NEWS, lines ended by CR LF."""
    fields = [
        ("TY", "NEWS"),
        *(("AU", name) for name in ref.writers),
        ("TI", ref.title),
        ("T2", ref.newspaper),
        ("PY", f"{ref.published_at.year:04}"),
        ("DA", ref.published_at.date().isoformat().replace("-", "/")),
        ("SE", ref.section or ""),
        ("LA", ref.language),
        ("UR", ref.url),
        ("Y2", ref.captured_at.date().isoformat().replace("-", "/")),
        ("ID", ref.key),
        ("N1", note(ref)),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in fields if value) + "ER  - \r\n\r\n"


def csl_item(ref: Reference) -> dict[str, Any]:
    """A CSL-JSON item of the type article-newspaper, as JSON values."""
    item = {
        "id": ref.key,
        "type": "article-newspaper",
        "author": [{"literal": name} for name in ref.writers],
        "title": ref.title,
        "container-title": ref.newspaper,
        "section": ref.section,
        "issued": _date(ref.published_at),
        "accessed": _date(ref.captured_at),
        "URL": ref.url,
        "language": ref.language,
        "archive_location": ref.archive_address,
        "note": note(ref),
    }
    return {name: value for name, value in item.items() if value}


def csl(ref: Reference) -> str:
    """A CSL-JSON item on one line."""
    return json_text(csl_item(ref))


def note(ref: Reference) -> str:
    """What finds and verifies the capture: its time, its address in the archive, digest, record and version."""
    parts = [f"Archived {ref.captured_at.isoformat()}", ref.archive_address, ref.payload_digest, ref.record_id]
    return "; ".join(part for part in (*parts, f"version {ref.version}") if part)


def _date(day: datetime) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
