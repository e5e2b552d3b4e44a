"""The language of a page."""

from __future__ import annotations

import itertools
import re
from urllib.parse import urlsplit

from crawler.extract.page import Page
from crawler.extract.sources.json_ld import JsonLd
from crawler.extract.sources.meta_elements import MetaElements
from crawler.extract.text import language_of_letters

_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_FIRST_TEXTS, _FIRST_LETTERS, _FEWEST_OF_VIETNAMESE = 1000, 20_000, 20


def language_of(page: Page, json_ld: JsonLd, meta: MetaElements) -> str:
    """What the page's first texts show; what it declares where they show nothing: many pages declare a template's."""
    sample = " ".join((json_ld.headline, *(text for _, text in meta.titles), meta.description, page.title or ""))
    if sum(1 for _ in itertools.islice(_VIETNAMESE.finditer(sample), 3)) == 3:
        return "vi"
    if (written := language_of_letters(sample)) is not None:
        return written
    declared = (page.root.get("lang") or meta.first("og:locale", "language")[1]).lower()
    found = _LANGUAGE.match(declared)
    if found:
        return found[0]
    if (urlsplit(page.url).hostname or "").endswith(".vn"):
        return "vi"
    shown = "".join(itertools.islice(page.root.itertext(), _FIRST_TEXTS))[:_FIRST_LETTERS]
    if len(_VIETNAMESE.findall(shown)) >= _FEWEST_OF_VIETNAMESE:
        return "vi"
    return language_of_letters(shown) or "und"
