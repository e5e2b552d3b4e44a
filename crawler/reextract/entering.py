"""What `baotinh reextract --apply` enters of a page: a later reading of its version, or its first article; pure."""

from __future__ import annotations

from datetime import datetime

import attrs

from archive.article import Article, CaptureRef, to_json
from archive.catalog import Capture, Catalog
from archive.collection import Collection
from archive.ingest.repeats import EXTRACTOR, recognised
from crawler.declaration.layout import Rules

_NOT_CAPTURED = "missing"


def line_of_reading(
    catalog: Catalog, today: Article, before: Article, version: str, read_at: datetime, rules: Rules
) -> str:
    """The line of a later reading: under the id of the version, with the captures that the version names.

    Args:
        before: the version as it was read last.
        version: its content hash.
    """
    pictures = {image.url: image.capture or image.capture_missing for image in before.images}
    pages = {page.url: page.capture or page.capture_missing for page in before.further_pages}
    placed = attrs.evolve(today, article_id=before.article_id).captured(
        before.capture,
        [pictures.get(image.url) or _capture_of(catalog, image.url, today.captured_at) for image in today.images],
        [pages.get(page.url) or page.capture_missing for page in today.further_pages],
        before.dom_capture,
    )
    exchanged = {image.url: image.exchanged for image in before.images}
    images = tuple(attrs.evolve(image, exchanged=exchanged.get(image.url)) for image in placed.images)
    placed = attrs.evolve(placed, images=images)
    digest = rules.digest() if rules.layouts else None
    return to_json(placed.known_as(before.id).read_again(version, read_at, EXTRACTOR, digest))


def line_of_article(catalog: Catalog, today: Article, capture: Capture, dom: Capture | None) -> str:
    """The line of an article that no rules read before in this capture."""
    pictures = [_capture_of(catalog, image.url, today.captured_at) for image in today.images]
    pages = [page.capture or page.capture_missing for page in today.further_pages]
    return to_json(today.captured(capture.reference(), pictures, pages, dom.reference() if dom else None))


def is_held(collection: Collection, catalog: Catalog, today: Article) -> bool:
    """Whether the catalog has what is printed there already, in the version before or after: of another capture or
    address."""
    return recognised(catalog.connection, today, collection)[2] is not None


def _capture_of(catalog: Catalog, url: str, instant: datetime) -> CaptureRef | str:
    held = catalog.nearest_success(url, instant)
    return held.reference() if held is not None else _NOT_CAPTURED
