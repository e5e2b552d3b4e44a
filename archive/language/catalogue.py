"""The messages of the pages in the reader's language, from the catalogues in locale/LANGUAGE/LC_MESSAGES/site.po.

Message ids are English. Catalogues are compiled in memory at their first use: an edited one holds from the next start.
"""

from __future__ import annotations

import contextlib
import functools
import gettext as standard
import io
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, Language] = ("vi", "en")
NAMES: dict[Language, str] = {"vi": "Tiếng Việt", "en": "English"}
LOCALE = Path(__file__).parent / "locale"

current: ContextVar[Language] = ContextVar("language", default="vi")
"""The language of the response that is being made."""


def catalogue_path(language: Language) -> Path:
    """The file of a language's catalogue."""
    return LOCALE / language / "LC_MESSAGES" / "site.po"


@functools.cache
def translations(language: Language) -> standard.GNUTranslations:
    """The catalogue of a language, compiled; a message that it lacks stays as its English id."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with catalogue_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language, domain="site")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return standard.GNUTranslations(compiled)


@contextlib.contextmanager
def language_set(language: Language) -> Iterator[None]:
    """Make messages in a language within the block."""
    token = current.set(language)
    try:
        yield
    finally:
        current.reset(token)


def N_(message: str) -> str:  # noqa: N802 - the name by which message extractors know it
    """The message as it is: marks one that is translated where it is shown."""
    return message


def gettext(message: str, /, **values: Any) -> str:
    """A message in the reader's language, with its %(name)s placeholders filled in; %% is a percent sign."""
    return translations(current.get()).gettext(message) % values


def ngettext(one: str, many: str, count: float, /, **values: Any) -> str:
    """The form of a message for a number of things, in the reader's language."""
    return translations(current.get()).ngettext(one, many, int(count)) % values


def add_messages(templates: Environment) -> None:
    """Let templates translate: `_`, `gettext`, `ngettext`, `pgettext` and trans blocks."""
    templates.add_extension("jinja2.ext.i18n")
    templates.policies["ext.i18n.trimmed"] = True
    templates.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: translations(current.get()).gettext(message),
        lambda one, many, count: translations(current.get()).ngettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, message: translations(current.get()).pgettext(context, message),
        npgettext=lambda context, one, many, count: translations(current.get()).npgettext(context, one, many, count),
    )
    templates.globals["language"] = current.get
