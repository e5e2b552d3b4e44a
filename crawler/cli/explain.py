"""`baotinh explain`: every candidate of every field of a page, and which one was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
from rich.table import Table
from rich.text import Text

from archive.catalog import Capture, Catalog
from archive.cli.terminal import Console
from archive.clock import now
from archive.collection import Collection
from archive.doubts import doubt_words
from archive.errors import FileMissing, NoSuchPage
from archive.originals import original_of, read_capture
from archive.reasons import reason_words
from archive.warc.codings import CodingFault
from crawler.cli.newspapers.evidence import candidates, cut
from crawler.crawl.directory import Directory
from crawler.extract.confidence import confidences, doubts
from crawler.extract.extraction import Extraction
from crawler.extract.page import open_page
from crawler.extract.results import read_any
from crawler.survey.field_evidence import evidence_of

_EVER = "9999"
_MOST_CAPTURES = 100


@attrs.frozen(kw_only=True)
class PageBytes:
    """A page to explain: its bytes without transfer and content codings, and what came with them."""

    body: bytes
    url: str
    headers: Mapping[str, str]
    captured_at: datetime
    # faults of its content codings: the coding's name, and the fault
    faults: tuple[tuple[str, CodingFault], ...] = ()


def page_of(place: str, url: str | None, collection: Path) -> PageBytes:
    """The page in a file, or the collection's latest capture of an address.

    Raises:
        FileMissing: there is no such file.
        NoSuchPage: the file cannot be read, or the collection holds no such capture.
        CollectionMissing: the directory holds no collection.
        RecordDamaged: the capture's record cannot be read.
    """
    if urlsplit(place).scheme in ("http", "https"):
        return _captured(place, Collection.open(collection))
    try:
        body = Path(place).read_bytes()
    except FileNotFoundError as error:
        raise FileMissing(Path(place), "a page, or an address that was captured") from error
    except OSError as error:
        raise NoSuchPage(place, error.strerror or str(error)) from error
    return PageBytes(body=body, url=url or "http://unknown.invalid/", headers={}, captured_at=now())


def _captured(url: str, collection: Collection) -> PageBytes:
    with collection.catalog() as catalog:
        found, held = _latest_page(collection, catalog, url)
        drawn = catalog.dom_of(found) if found is not None else None
    if found is None or held is None:
        raise NoSuchPage(url, f"the collection holds no capture of it; 'baotinh capture {url}' makes one")
    if drawn is not None:
        dom = read_capture(collection, drawn)
        headers = {"Content-Type": drawn.mime or "text/html"}
        return PageBytes(body=dom.block, url=url, headers=headers, captured_at=found.captured_at)
    message = read_capture(collection, held).http
    if message is None:
        raise NoSuchPage(url, "what was captured is no answer of a web server")
    kind = message.field("Content-Type")
    headers = {"Content-Type": kind} if kind else {}
    decoded = message.decoded()
    return PageBytes(
        body=decoded.content, url=url, headers=headers, captured_at=found.captured_at, faults=decoded.faults
    )


def _latest_page(collection: Collection, catalog: Catalog, url: str) -> tuple[Capture | None, Capture | None]:
    """The latest capture of an address with status 200, or a revisit of one, and the capture that has the payload."""
    for capture in catalog.captures_of(url, _EVER, _MOST_CAPTURES):
        original = original_of(collection, catalog, capture)
        if original is not None and original.status in (200, None):
            return capture, original
    return None, None


def explain(page: PageBytes, newspapers: Directory[Any], console: Console) -> None:
    """Print the candidates of each field of the page, which one was chosen with what confidence, and the body.

    Raises:
        NotAnArticle: rules are declared, but none for the time of the capture.
    """
    opened = open_page(page.body, page.url, page.headers)
    reading = read_any(opened, page.captured_at, newspapers.rules(page.url), explaining=True)
    how = "by the rules of a declared newspaper" if reading.has_rules else "without rules"
    console.print(f"{page.url}\nread {how}; letters: {opened.encoding}; language: {reading.language}", soft_wrap=True)
    for coding, fault in page.faults:
        console.print(f"coding {coding}: {fault.value}", markup=False, soft_wrap=True)
    console.print(candidates(evidence_of(reading)))
    console.print(_body(reading))
    lacking = {field: reason_words(reason) for field, reason in reading.lacking.items()}
    doubtful = {field: doubt_words(doubt) for field, doubt in doubts(reading, page.captured_at).items()}
    for heading, reasons in (("lacking", lacking), ("doubts", doubtful)):
        for field, why in reasons.items():
            console.print(f"{heading}: {field}: {why}", soft_wrap=True)


def _body(reading: Extraction) -> Table:
    table = Table("block", "type", "text", show_edge=False, title="Body", title_justify="left")
    for nth, block in enumerate(reading.body.blocks):
        table.add_row(str(nth), block.type, Text(cut(block.text)))
    sure = confidences(reading).get("body")
    source = "rule" if reading.is_by_rules else "generic"
    table.caption = f"by {source}, confidence {sure:.2f}" if sure is not None else "no body was found"
    if reading.has_rules and reading.generic is not None:
        letters = sum(len(piece.text) for piece in reading.generic.pieces)
        table.caption += (
            f"; the readers of unknown pages find {letters:,} letters and agree in {reading.generic.agreement:.2f}"
        )
    return table
