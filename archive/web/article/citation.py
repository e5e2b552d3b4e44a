"""The citations of an article that its page shows: forms to copy, and files for programs."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlencode

import attrs

from archive.catalog import Catalog, Version
from archive.export.citations.files import FORMS, CitationForm
from archive.export.citations.reference import Reference
from archive.export.formats import MEDIA_TYPES, SUFFIXES
from archive.export.rows import RowReader
from archive.language.catalogue import N_, Language
from archive.web.wording import article_address

STYLES: dict[CitationForm, str] = {
    "chicago": N_("Chicago"),
    "apa": N_("APA"),
    "vietnamese": N_("Vietnamese form"),
}
_LANGUAGES: dict[CitationForm, Language] = {"chicago": "en", "apa": "en", "vietnamese": "vi"}


@attrs.frozen
class CitationFile:
    """A file for programs: its form, and its name for readers."""

    form: Literal["bibtex", "ris", "csl"]
    name: str

    @property
    def suffix(self) -> str:
        """What its name ends with, without the dot."""
        return SUFFIXES[self.form].removeprefix(".")

    @property
    def media_type(self) -> str:
        """What it is served as."""
        return MEDIA_TYPES[self.form]


FILES = (CitationFile("bibtex", "BibTeX"), CitationFile("ris", "RIS"), CitationFile("csl", "CSL-JSON"))


@attrs.frozen
class Citations:
    """All citations of one version of an article."""

    article_id: str
    reference: Reference

    @classmethod
    def of(cls, catalog: Catalog, version: Version, origin: str) -> Self:
        """The citations of a version; `origin` is the site's, with which the archive's address begins."""
        (row,) = RowReader(catalog, origin).rows([version])
        return cls(version.article_id, Reference.of(row))

    def text(self, form: CitationForm) -> str:
        """The citation in a form."""
        return FORMS[form](self.reference)

    def styles(self, language: Language) -> list[tuple[CitationForm, str, Language]]:
        """The forms to copy, those in the reader's language first: form, name, and language of the form."""
        ordered = sorted(STYLES, key=lambda form: _LANGUAGES[form] != language)
        return [(form, STYLES[form], _LANGUAGES[form]) for form in ordered]

    def file_address(self, file: CitationFile) -> str:
        """Where the file is on the site."""
        query = urlencode({"version": self.reference.version}, safe=":")
        return f"{article_address(self.article_id)}/citation.{file.suffix}?{query}"
