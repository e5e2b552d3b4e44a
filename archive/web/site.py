"""The site as its rooms see it: the collection, the templates and how a page is rendered."""

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

import attrs
from fastapi import FastAPI, Request
from jinja2 import Environment
from starlette.responses import HTMLResponse

from archive.clock import Clock
from archive.collection import Collection
from archive.web.queries.search import SearchQuery

# a name or an IP address, and a port (RFC 3986, 3.2)
_HOST = re.compile(r"([A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


@attrs.frozen(kw_only=True)
class Site:
    """A site over one collection. Each room adds its routes to `app`, and its filters to `templates`."""

    app: FastAPI
    collection: Collection
    templates: Environment
    replay_origin: str
    """Where pictures and replays are, such as http://host:8001."""
    clock: Clock
    chinese_style: str = ""
    """Where the stylesheet of the font for Chinese is; empty where there is none."""
    public_origin: str | None = None
    """How readers reach the site, where that is not the address that they ask."""

    def origin(self, request: Request) -> str:
        """The site's origin in addresses that are taken away; empty where a request names no proper host."""
        if self.public_origin:
            return self.public_origin.rstrip("/")
        host = request.headers.get("host", "")
        return f"{request.url.scheme}://{host}" if _HOST.fullmatch(host) else ""

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """The response that a template renders with these values.

        It has the profiles of the newspapers as `profiles`; `query` is the search that the page's head shows.
        """
        with closing(self.collection.catalog()) as catalog:
            known: dict[str, Any] = {"demonstration": catalog.is_demonstration(), "profiles": catalog.newspapers()}
        return self.bare_page(template, status, **(known | values))

    def bare_page(
        self, template: str, status: int = 200, *, demonstration: bool = False, **values: Any
    ) -> HTMLResponse:
        """The same without a look at the catalog, as for errors."""
        shown = {"query": SearchQuery(), "picture_origin": self.replay_origin, "demonstration": demonstration}
        shown["chinese_style"] = self.chinese_style
        return HTMLResponse(self.templates.get_template(template).render(**(shown | values)), status_code=status)
