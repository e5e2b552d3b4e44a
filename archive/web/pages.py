"""The site's templates and what they may call; answers no request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, JSONResponse

from archive.printable import json_text
from archive.web import counted, spoken

ROOM = Path(__file__).parent
_FILTERS = {
    "day": spoken.day,
    "moment": spoken.moment,
    "second": spoken.second,
    "number": spoken.number,
    "volume": spoken.volume,
    "field_name": spoken.field,
    "why": spoken.why,
    "why_no_picture": spoken.why_no_picture,
    "article_address": spoken.article_address,
    "web_address": spoken.web_address,
    "run_address": spoken.run_address,
    "date": spoken.calendar_day,
    "weekday": spoken.weekday,
    "lasted": spoken.lasted,
    "initial": spoken.initial,
    "trouble_kind": counted.trouble_kind,
    "why_ended": counted.why_ended,
    "why_failed": spoken.why_failed,
    "why_unread": counted.why_unread,
    "count_name": counted.name,
    "outcome": counted.outcome,
}


class PlainJSON(JSONResponse):
    """JSON in UTF-8 that controls no terminal into which it is fetched."""

    def render(self, content: Any) -> bytes:
        """As Starlette does, with control characters escaped."""
        return json_text(content).encode()


def load_templates() -> Environment:
    """The templates, which escape whatever is put into them and refuse names that nobody gave."""
    made = Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(_FILTERS)
    return made


def page(made: Environment, name: str, code: int = 200, **said: Any) -> HTMLResponse:
    """The answer that a template makes of what is said."""
    return HTMLResponse(made.get_template(name).render(**said), status_code=code)
