"""The site's templates and their filters."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from archive.language import forms
from archive.language.catalogue import LANGUAGES, NAMES, add_messages, current
from archive.language.choice import switch_address
from archive.printable import few_marks, json_text
from archive.search.timeline import period_end
from archive.web import wording
from archive.web.filters.in_force import chips, is_narrowed, without_filters

ROOM = Path(__file__).parent
_FILTERS = {
    "day": forms.day,
    "moment": forms.moment,
    "second": forms.second,
    "clock": forms.clock,
    "number": forms.number,
    "percent": forms.percent,
    "volume": forms.volume,
    "new_year": lambda year: date(year, 1, 1),
    "year_end": lambda year: date(year, 12, 31),
    "new_month": lambda month: date(month // 100, month % 100, 1),
    "month_end": lambda first: period_end(first, "month"),
    "field_name": wording.field,
    "paper": wording.paper,
    "language_name": wording.language_name,
    "why": wording.why,
    "why_no_picture": wording.why_no_picture,
    "article_address": wording.article_address,
    "reading_address": wording.reading_address,
    "reading_cause": wording.reading_cause,
    "version_address": wording.version_address,
    "web_address": wording.web_address,
    "run_address": wording.run_address,
    "date": forms.calendar_day,
    "typed_day": forms.typed_day,
    "weekday": forms.weekday,
    "brief": forms.brief,
    "decimal": forms.decimal,
    "stored_moment": lambda text: forms.moment(datetime.fromisoformat(text)),
    "lasted": forms.lasted,
    "initial": wording.initial,
    "why_doubtful": wording.why_doubtful,
    "why_failed": wording.why_failed,
}


class PlainJSON(JSONResponse):
    """JSON in UTF-8 with control characters escaped, for display on a terminal."""

    def render(self, content: Any) -> bytes:
        """As Starlette does, with control characters escaped."""
        return json_text(content).encode()


def csv_response(text: str, name: str) -> Response:
    """The response with a table as CSV, to be kept as a file of that name."""
    kept = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=kept)


def load_templates() -> Environment:
    """The templates, with automatic escaping and errors for undefined names."""
    made = Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.filters.update(_FILTERS)
    made.globals.update(
        switch=_switch, archived=_archived, filters_in_force=chips, is_narrowed=is_narrowed,
        without_filters=without_filters,
    )  # fmt: skip
    add_messages(made)
    return made


def _shown(value: Any) -> Any:
    """A value as a template writes it."""
    if not isinstance(value, str) or value.isascii() or (shown := few_marks(value)) is value:
        return value
    return type(value)(shown)


def _archived(language: str = "vi") -> Markup:
    """The attribute of elements whose text is a newspaper's own: none where the page is in its language."""
    return Markup("") if current.get() == language else Markup(' lang="{}"').format(language)


def _switch() -> list[tuple[str, str, str]]:
    """The other languages of the page: each one's code, its name in itself, and the page's address in it."""
    return [(one, NAMES[one], switch_address(one)) for one in LANGUAGES if one != current.get()]
