"""`baotinh extract`: articles from pages on standard input, one line of JSON for each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from archive.clock import now
from archive.errors import NotAnArticle
from archive.printable import json_text, without_controls
from archive.search.terms.passages import BODY_BLOCKS
from crawler.crawl.directory import Directory
from crawler.extract.confidence import confidences
from crawler.extract.extraction import Extraction
from crawler.extract.page import open_page
from crawler.extract.results import read_any
from crawler.extract.text import bare


def read_lines(lines: Iterable[bytes], newspapers: Directory[Any]) -> Iterator[str]:
    """For each line {"id", "url", "html"} a line with the article.

    Pages of `newspapers` are read by their rules. A line also has what is missing and the confidence of the fields;
    of a page that is not a complete article it has what could be read.
    """
    for line in lines:
        if line.strip():
            yield json_text(without_controls(_answer(line, newspapers)))


def _answer(line: bytes, newspapers: Directory[Any]) -> dict[str, Any]:
    try:
        request = json.loads(line)
        url, markup = request.get("url") or "", request.get("html") or ""
        if not isinstance(url, str) or not isinstance(markup, str):
            raise TypeError("url and html are strings")
        urlsplit(url)  # one that cannot be parsed is no address
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        return {"id": None, "error": f"no such line: {error}"}
    opened = open_page(markup.encode("utf-8", "replace"), url or "http://unknown.invalid/", {})
    captured_at = now()
    try:
        reading = read_any(opened, captured_at, newspapers.rules(url))
    except NotAnArticle as error:
        return {"id": request.get("id"), "missing": dict(error.missing)}
    return {"id": request.get("id"), **plain(reading)}


def plain(reading: Extraction) -> dict[str, Any]:
    """What was read, as plain JSON values."""
    body, fields, byline = reading.body, reading.fields, reading.byline
    published = reading.value("published_at")
    words = [block.text for block in body.blocks if block.type in BODY_BLOCKS]
    if fields.lead and fields.lead not in words[:1]:
        words.insert(0, fields.lead)
    return {
        "title": reading.value("title"),
        "authors": list(_credited(reading)),
        "byline": (byline.printed or None) if byline else None,
        "source": byline.source if byline else None,
        "published_at": published.at.isoformat() if published else None,
        "lead": fields.lead,
        "body": words,
        "images": list(_figures(reading)),
        "missing": reading.lacking,
        "confidence": confidences(reading),
    }


def _figures(reading: Extraction) -> Iterator[dict[str, Any]]:
    """The pictures, captions as printed; a figure whose picture needs a script has no address."""
    by_position = {image.position: image for image in reading.body.images}
    for position, block in enumerate(reading.body.blocks):
        if block.type != "figure":
            continue
        image = by_position.get(position)
        if image is None:
            yield {"url": None, "caption": block.text or None, "credit": None}
        else:
            yield {"url": image.url, "caption": image.printed or block.text or None, "credit": image.credit}


def _credited(reading: Extraction) -> tuple[str, ...]:
    """Who wrote; on pages in other languages also agencies, and the organisation that JSON-LD credits."""
    if reading.language == "vi":
        return reading.byline.authors if reading.byline else ()
    metadata = reading.metadata
    organisations = [
        name for name, is_person in metadata.json_ld.authors if not is_person or bare(name) in metadata.own_names
    ]
    return tuple(reading.value("authors") or dict.fromkeys(organisations))
