"""The captured pages of a WARC file, with the bytes that a reader of them needs."""

from __future__ import annotations

from collections.abc import Collection as Container
from collections.abc import Iterator
from pathlib import Path

import attrs

from archive.batch.catalogs import catalog_of
from archive.catalog import Capture, Catalog
from archive.catalog.captures import EVERYWHERE
from archive.collection import Collection
from archive.errors import RecordDamaged, RecordError, RecordMissing
from archive.originals import original_of, read_capture
from archive.urls import DOM_TYPE
from archive.warc.http import HttpMessage

_NOT_MODIFIED = 304


@attrs.frozen(kw_only=True)
class CapturedPage:
    """A captured page.

    Args:
        capture: the capture; of a revisit the revisit itself.
        message: the answer that holds its payload: of a revisit that of its original.
        body: the page's bytes without transfer and content codings, or as scripts drew it where that was kept.
        content_type: the Content-Type of the body, as the answer bears it.
        dom: the capture of the page as scripts drew it, where there is one.
    """

    capture: Capture
    message: HttpMessage | None
    body: bytes
    content_type: str | None
    dom: Capture | None = None


@attrs.frozen(kw_only=True)
class UnreadablePage:
    """A captured page whose record, or whose revisit's original, is missing or damaged."""

    capture: Capture
    reason: str


def pages_of(
    root: Path, file: str, record_ids: Container[str] | None = None, places: range = EVERYWHERE
) -> Iterator[CapturedPage | UnreadablePage]:
    """The HTML pages in a WARC file of the collection at `root`, in the order of their records.

    These are answers with status 200, revisits of such answers, and pages that scripts drew. To be called in a worker
    as well: it reads the catalog by `catalog_of`.

    Args:
        record_ids: only these captures, whatever their status and type.
        places: only records that begin at these bytes of the file.
    """
    collection, catalog = Collection(root), catalog_of(root)
    for capture in catalog.every_capture(file=file, places=places):
        if capture.type == "resource" or (record_ids is not None and capture.record_id not in record_ids):
            continue
        try:
            page = read_page(collection, catalog, capture, is_any=record_ids is not None)
        except (RecordError, OSError) as error:
            yield UnreadablePage(capture=capture, reason=str(error))
            continue
        if page is not None:
            yield page


def read_page(
    collection: Collection, catalog: Catalog, capture: Capture, *, is_any: bool = True
) -> CapturedPage | None:
    """The page of a capture; None where it is no HTML page and `is_any` is false.

    Raises:
        RecordMissing: a revisit whose original is not in the collection.
        RecordDamaged: the record cannot be read.
    """
    dom = catalog.dom_of(capture)
    if not is_any and dom is None and not _may_be_page(capture):
        return None
    original = original_of(collection, catalog, capture)
    if not is_any and dom is None and (original is None or not _is_page(original)):
        if original is None and capture.status != _NOT_MODIFIED:
            raise RecordMissing(capture.record_id)
        return None
    if dom is not None:
        message = _message(collection, original)
        body, kind = read_capture(collection, dom).block, dom.mime or DOM_TYPE
        return CapturedPage(capture=capture, message=message, body=body, content_type=kind, dom=dom)
    if original is None:
        raise RecordMissing(capture.record_id)
    record = read_capture(collection, original)
    if record.http is None:
        return CapturedPage(capture=capture, message=None, body=record.block, content_type=original.mime)
    message = record.http
    return CapturedPage(
        capture=capture, message=message, body=message.content(), content_type=message.field("Content-Type")
    )


def _message(collection: Collection, original: Capture | None) -> HttpMessage | None:
    """The answer beneath a drawn page, which can be read without it."""
    try:
        return read_capture(collection, original).http if original is not None else None
    except (RecordDamaged, OSError):
        return None


def _may_be_page(capture: Capture) -> bool:
    return _is_page(capture) or (capture.type == "revisit" and capture.status in (200, _NOT_MODIFIED, None))


def _is_page(capture: Capture) -> bool:
    return capture.status == 200 and "html" in (capture.mime or "")
