"""The names under which a page's newspaper speaks of itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.extract.bylines.people import is_credit
from crawler.extract.page import Page
from crawler.extract.sources.json_ld import JsonLd
from crawler.extract.sources.meta_elements import MetaElements
from crawler.extract.text import bare

_SUFFIXES = ("", "online", "dientu", "vn", "comvn")
_HOST_ENDINGS = ("com", "net", "org", "gov", "co", "vn", "www")


def own_names_of(page: Page, newspaper: str, json_ld: JsonLd, meta: MetaElements) -> frozenset[str]:
    """The newspaper's names as `bare` gives them; they are never authors nor sources."""
    host = (urlsplit(page.url).hostname or "").lower()
    labels = [label for label in host.split(".") if label not in _HOST_ENDINGS and len(label) > 2]
    names = {
        newspaper,
        newspaper.removeprefix("bao"),
        host.replace(".", ""),
        host.removeprefix("www.").replace(".", ""),
    }
    names |= {*labels, *(label.removeprefix("bao") for label in labels)}
    names |= {bare(name) for name in (*meta.sites, *json_ld.publishers)}
    names |= {bare(name) for name, is_person in json_ld.authors if not is_person and not is_credit(name)}
    return frozenset(name + suffix for name in names if len(name) > 1 for suffix in _SUFFIXES)
