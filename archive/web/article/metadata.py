"""What reference managers read of an article's page: meta elements, a COinS span, and JSON-LD.

Zotero's translators read the COinS first, then the meta elements: Highwire's and Dublin Core's names, and `z:itemType`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from archive.article import Article
from archive.export.citations.reference import Reference, one_line
from archive.printable import json_text
from archive.web.wording import web_address

_ZOTERO_TYPE = "newspaperArticle"
# what would end the element, or begin a comment in it (HTML, 4.12.1.3)
_IN_SCRIPT = {ord("<"): r"\u003c", ord(">"): r"\u003e", ord("&"): r"\u0026"}


def meta_elements(ref: Reference) -> list[tuple[str, str]]:
    """Name and content of each meta element; those without content are left out."""
    return [(name, content) for name, content in _meta(ref) if content]


def _meta(ref: Reference) -> Iterator[tuple[str, str]]:
    day, url = ref.published_at.date().isoformat(), web_address(ref.url) or ""
    yield "z:itemType", _ZOTERO_TYPE
    yield "citation_title", ref.title
    # As printed. Both vocabularies know "First Last" and "Last, First" only: of a name without a comma Zotero takes the
    # last word, the given name, for the family's, and a comma would claim to know where the family's name ends, which
    # pen names ("Thu Hà", "An Nhiên") do not show. Zotero comes to these only where it finds no COinS.
    yield from (("citation_author", name) for name in ref.writers)
    yield "citation_journal_title", ref.newspaper
    yield "citation_publication_date", day.replace("-", "/")
    yield "citation_language", ref.language
    yield "citation_public_url", url
    yield "citation_fulltext_html_url", ref.archive_address
    yield "DC.title", ref.title
    yield from (("DC.creator", name) for name in ref.writers)
    yield "DC.publisher", ref.newspaper
    yield "DC.date", day
    yield "DC.language", ref.language
    yield "DC.type", "Text"
    yield "DC.source", url
    yield "DC.identifier", ref.archive_address
    yield "DC.identifier", ref.payload_digest or ""


def coins(ref: Reference) -> str:
    """The title of a COinS span: an OpenURL ContextObject (ANSI/NISO Z39.88) in Dublin Core, as Zotero writes it."""
    # Zotero keeps a name that comes as `aulast` alone whole; of others it takes the last word for the family's name
    writers = [("rft.aulast", name) for name in ref.authors] or [("rft.aucorp", name) for name in ref.writers]
    values = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rft.type", _ZOTERO_TYPE),
        ("rft.title", ref.title),
        ("rft.source", ref.newspaper),
        *writers,
        ("rft.date", ref.published_at.date().isoformat()),
        ("rft.identifier", web_address(ref.url) or ref.archive_address),
        ("rft.language", ref.language),
    ]
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in values if value)


def json_ld(ref: Reference, article: Article) -> Markup:
    """A NewsArticle of schema.org as the content of a script element."""
    values = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": ref.title,
        "author": [{"@type": "Person", "name": name} for name in ref.authors],
        "sourceOrganization": {"@type": "Organization", "name": ref.source} if ref.source else None,
        "publisher": {"@type": "Organization", "name": ref.newspaper},
        "isPartOf": {"@type": "Newspaper", "name": ref.newspaper},
        "articleSection": ref.section,
        "abstract": one_line(article.lead or ""),
        "keywords": [tag for tag in map(one_line, article.tags) if tag],
        "inLanguage": ref.language,
        "datePublished": ref.published_at.isoformat(),
        "dateModified": article.modified_at.isoformat() if article.modified_at else None,
        "url": web_address(ref.url),
        "archivedAt": ref.archive_address,
        "version": ref.version,
        "sdDatePublished": ref.captured_at.isoformat(),
        "identifier": [_identifier("WARC-Record-ID", ref.record_id), _identifier("digest", ref.payload_digest)],
    }
    return Markup(json_text(_filled(values)).translate(_IN_SCRIPT))


def _identifier(name: str, value: str | None) -> dict[str, Any] | None:
    return {"@type": "PropertyValue", "propertyID": name, "value": value} if value else None


def _filled(value: Any) -> Any:
    """The value without what is empty."""
    if isinstance(value, dict):
        return {name: filled for name, part in value.items() if (filled := _filled(part))}
    if isinstance(value, list):
        return [filled for part in value if (filled := _filled(part))]
    return value
