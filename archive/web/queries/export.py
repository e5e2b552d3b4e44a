"""The query in the address of an export: what is exported, and in which form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from urllib.parse import urlencode

import attrs

from archive.export.formats import Format
from archive.language.catalogue import N_
from archive.search.selection import Selection
from archive.web.queries.parameters import LONGEST_VALUE, parse_choice
from archive.web.queries.search import SearchQuery

FORMATS = {
    "csv": N_("CSV: a table for Excel, LibreOffice, Google Sheets"),
    "jsonl": N_("JSON lines: for programs"),
    "parquet": N_("Parquet: for pandas, Polars, DuckDB, R"),
    "bibtex": N_("BibTeX: references for LaTeX, JabRef"),
    "ris": N_("RIS: references for Zotero, EndNote, Mendeley"),
    "csl": N_("CSL-JSON: references for Zotero, Pandoc"),
}
EXPORT_PATH, DOWNLOAD_PATH, FREEZE_PATH = "/export", "/export/download", "/export/set.json"


@attrs.frozen(kw_only=True)
class ExportQuery:
    """An export of a search, or of a frozen set where `set_name` is given.

    `wrong` has messages about parameters that are not valid.
    """

    search: SearchQuery = attrs.field(factory=SearchQuery)
    set_name: str = ""
    form: Format = "csv"
    with_text: bool = True
    every_version: bool = False
    wrong: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, str]) -> ExportQuery:
        """The export that these query parameters ask for."""
        search, wrong = SearchQuery.read(values), list[str]()
        form = parse_choice(values, "format", FORMATS, "csv", wrong)
        return cls(
            search=search,
            set_name=values.get("set", "").strip()[: LONGEST_VALUE + 1],
            form=cast(Format, form),
            with_text=values.get("text", "1") != "0",
            every_version=values.get("versions", "") in {"1", "on", "true"},
            wrong=(*search.wrong, *wrong),
        )

    def selection(self) -> Selection:
        """The articles of the search.

        Raises:
            BadQuery: the query is malformed.
        """
        return self.search.selection()

    @property
    def fields(self) -> dict[str, str]:
        """The parameters that say which articles are exported, for a form's hidden fields."""
        return {"set": self.set_name} if self.set_name else self.search.parameters()

    def address(self, path: str = EXPORT_PATH) -> str:
        """The address of this export: its page, its file, or the set of its articles."""
        values = dict(self.fields)
        if path == DOWNLOAD_PATH:
            values["format"] = self.form
            values |= {} if self.with_text else {"text": "0"}
            values |= {"versions": "1"} if self.every_version else {}
        return path + (f"?{urlencode(values)}" if values else "")
