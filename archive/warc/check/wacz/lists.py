"""Checks the lists of a WACZ: its pages, and the blocks of its compressed indexes."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator

from archive.faults import Fault
from archive.warc.check.findings import Departure
from archive.warc.check.wacz.entries import BROKEN, Entries

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
_LONGEST_INDEX = 4 << 30


def page_faults(entries: Entries) -> Iterator[Fault]:
    """What is wrong with the lists of pages."""
    if "pages/pages.jsonl" not in entries.found:
        yield Fault.of(Departure.ENTRY_MISSING, name="pages/pages.jsonl")
    for name in entries.named("pages/", ".jsonl"):
        for number, line in enumerate(entries.lines(name), 1):
            if line.strip() and (wrong := _wrong_page(line, is_first=number == 1)):
                code, found = wrong
                yield Fault.of(code, name=name, line=number, found=found)


def _wrong_page(line: bytes, *, is_first: bool) -> tuple[Departure, str | None] | None:
    try:
        page = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Departure.PAGE_NO_JSON, str(error)
    if not isinstance(page, dict):
        return Departure.PAGE_NO_OBJECT, None
    if is_first and "format" in page:
        return None
    if not isinstance(page.get("url"), str):
        return Departure.PAGE_NO_URL, None
    if not isinstance(page.get("ts"), str) or not _RFC_3339.fullmatch(page["ts"]):
        return Departure.PAGE_NO_TIME, None
    return None


def block_faults(entries: Entries, name: str) -> Iterator[Fault]:
    """Check that the blocks of a compressed index are where its own index says.

    Each line names the file that holds them, or the line that begins with `!meta` does for all of them.
    """
    held: dict[str, bytes] = {}
    usual = name.rpartition("/")[2].removesuffix(".idx") + ".cdx.gz"
    for number, line in enumerate(entries.lines(name), 1):
        if not line.strip():
            continue
        try:
            key, _, said = line.strip().split(b" ", 2)
            entry = json.loads(said)
            if key == b"!meta":
                usual = str(entry.get("filename", usual))
                continue
            file = f"indexes/{str(entry.get('filename', usual)).rpartition('/')[2]}"
            if file not in held:
                held[file] = entries.read(file, _LONGEST_INDEX)
            block = held[file][int(entry["offset"]) :][: int(entry["length"])]
            first = zlib.decompressobj(31).decompress(block, len(key) + 1)
            wrong = first != key + b" " or _wrong_hash(block, entry.get("digest"))
        except (*BROKEN, KeyError, TypeError, AttributeError, RecursionError):
            wrong = True
        if wrong:
            yield Fault.of(Departure.INDEX_BLOCK, name=name, line=number)


def _wrong_hash(block: bytes, said: object) -> bool:
    if not isinstance(said, str) or not said.startswith("sha256:"):
        return False
    return hashlib.sha256(block).hexdigest() != said.removeprefix("sha256:").lower()
