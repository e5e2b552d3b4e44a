"""Citations to copy: Chicago (bibliography), APA, and a Vietnamese form.

Names of writers stay in their own order: a Vietnamese name begins with the family's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from archive.export.citations.reference import Reference

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def chicago(ref: Reference) -> str:
    """Chicago Manual of Style, bibliography: an article of a newspaper, with its archived capture."""
    writers = _sentence(_listed(ref.writers, ", and " if len(ref.writers) > 2 else " and "))
    captured = f"Archived {_american(ref.captured_at)}, {ref.captured_at:%H:%M:%S} (UTC+7): {ref.archive_address}"
    return _joined(
        writers,
        f"“{_quotable(ref.title)}{_stop(ref.title)}”",
        f"{ref.newspaper}, {_american(ref.published_at)}.",
        f"{ref.url}.",
        f"{captured}{_digest(ref)}.",
    )


def apa(ref: Reference) -> str:
    """APA, 7th edition: an article of a newspaper, with its archived capture."""
    day = f"{ref.published_at.year:04}, {_MONTHS[ref.published_at.month - 1]} {ref.published_at.day}"
    writers = _listed(ref.writers, ", & " if len(ref.writers) > 1 else "")
    captured = f"{_american(ref.captured_at)}, {ref.captured_at:%H:%M:%S} (UTC+7)"
    place = f"[Archived {captured}; {ref.archive_address}{_digest(ref)}]"
    title = f"{ref.title}{_stop(ref.title)}"
    if not writers:  # the title takes the place of the author
        return _joined(title, f"({day}).", f"{ref.newspaper}.", ref.url, place)
    return _joined(_sentence(writers), f"({day}).", title, f"{ref.newspaper}.", ref.url, place)


def vietnamese(ref: Reference) -> str:
    """The form of Vietnamese newspapers and theses: author, title, newspaper, day, address, archived capture."""
    return _joined(
        _sentence(_listed(ref.writers, ", ")),
        f"“{_quotable(ref.title)}”.",
        f"{ref.newspaper}, {ref.published_at:%d/%m/}{ref.published_at.year:04}.",
        f"{ref.url}.",
        f"Bản lưu {ref.captured_at:%d/%m/%Y %H:%M:%S}, {ref.archive_address}{_digest(ref)}.",
    )


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _listed(names: Sequence[str], last: str) -> str:
    return last.join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def _sentence(text: str) -> str:
    return f"{text}{_stop(text)}" if text else ""


def _stop(text: str) -> str:
    """The full stop behind a text, unless it ends with a sign that closes a sentence."""
    return "" if text.endswith((".", "?", "!", "…")) else "."


def _quotable(title: str) -> str:
    """The title as it stands within double quotation marks: its own become single ones."""
    return title.translate({ord("“"): "‘", ord("”"): "’", ord("„"): "‘", ord('"'): "'"})


def _american(day: datetime) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year:04}"


def _digest(ref: Reference) -> str:
    return f", {ref.payload_digest}" if ref.payload_digest else ""
