"""Addresses as readers and programs type them, and which of them the archive has."""

from __future__ import annotations

import itertools
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit, urlunsplit

import attrs

from archive.catalog import Capture, Catalog
from archive.catalog.marked_keys import is_captured_marked
from archive.catalog.mementos import CaptureRange, ends_of
from archive.identity import names_visitor, uniform_key, without_visitor
from archive.warc.cdxj import urlkey

LONGEST_ADDRESS = 4096
_SCHEME = re.compile(r"(https?):/+(?=[^/])", re.IGNORECASE)
_ESCAPED = re.compile(r"https?%3a", re.IGNORECASE)
_HOST_FIRST = re.compile(r"(?:[^\s/?#:@]+\.[^\s/?#:@]+|localhost)(?::[0-9]{1,5})?(?:[/?#]|$)")
_MOST_SIMILAR, _MOST_BESIDE = 5, 12
_ESCAPED_LETTERS = re.compile(r"(?:%20|%[89A-Fa-f][0-9A-Fa-f])+")
_ENCODED_HOST = re.compile(r"(?<=//)(?:[\w-]+\.)*xn--[\w.-]+", re.ASCII | re.IGNORECASE)
# Not escaped when an address is written in ASCII: percent signs and reserved characters.
_KEPT = "%!\"#$&'()*+,/:;<=>?@[\\]^_`{|}~"


def typed_address(text: str) -> str | None:
    """The web address that was typed, without a fragment; None where it is none or too long.

    Without a scheme it is one of http, whose key is that of https as well. Slashes behind the scheme that a proxy
    joined are two again, and one that a program escaped as a whole is what it was.
    """
    text = text.strip()
    text = (unquote(text) if _ESCAPED.match(text) else text).partition("#")[0]
    if scheme := _SCHEME.match(text):
        text = f"{scheme[1].lower()}://{text[scheme.end() :]}"
    elif _HOST_FIRST.match(text):
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return None
    return text if is_one and len(text) <= LONGEST_ADDRESS else None


def captures_of(catalog: Catalog, url: str) -> CaptureRange | None:
    """The captures of an address as typed, or in ASCII or with letters and spaces as they are if so it was captured;
    with them those of the same address with session ids and marks of campaigns. None where there are none.

    An address with such marks under which nothing was captured stands for the address without them.
    """
    connection, typed = catalog.connection, list(_spellings(url))
    if names_visitor(url):
        typed += _spellings(without_visitor(url))
    for key in map(urlkey, typed):
        if connection.execute("SELECT 1 FROM captures WHERE urlkey = ? LIMIT 1", (key,)).fetchone():
            return _with_marked(connection, key)
    spans = (_with_marked(connection, urlkey(without_visitor(one))) for one in typed)
    return next((span for span in spans if span.plain is not None), None)


def _with_marked(connection: sqlite3.Connection, key: str) -> CaptureRange:
    """The captures of a key, with those of its address with marks unless it has some itself."""
    plain = uniform_key(key)
    is_marked = not names_visitor(key) and is_captured_marked(connection, plain)
    return CaptureRange(first=key, plain=plain if is_marked else None)


def refuse_withheld(catalog: Catalog, url: str) -> None:
    """Do nothing unless an address is withheld from readers, in any spelling in which it may have been captured.

    Raises:
        AddressWithheld: it is.
    """
    for spelled in _spellings(url):
        catalog.refuse_withheld_address(url, urlkey(spelled))


def _spellings(url: str) -> dict[str, None]:
    """An address as typed; in ASCII; with letters and spaces as they are; these with composed letters (NFC); and with
    its semicolons as they are, which links to mementos escape."""
    letters = _ESCAPED_LETTERS.sub(_letters, _ENCODED_HOST.sub(_host_letters, url, count=1))
    typed = (url, in_ascii(url), letters)
    composed = unicodedata.normalize("NFC", letters)
    return dict.fromkeys((*typed, in_ascii(composed), composed, in_ascii(composed).replace("%3B", ";")))


@attrs.frozen
class NearCapture:
    """An address of which there are captures, and when the last of them was made."""

    url: str
    captured_at: datetime


def near_captures(catalog: Catalog, url: str) -> list[NearCapture]:
    """Captured addresses like one that was not captured: of its path, then the pages beside it on its host.

    Each is found by a look into the index, whatever the number of captures.
    """
    key = urlkey(in_ascii(url))
    path, host = key.partition("?")[0], key.partition(")")[0] + ")"
    keys = [path, *itertools.islice(_keys_from(catalog, f"{path}?", f"{path}@"), _MOST_SIMILAR)]
    beside = [*itertools.islice(_keys_before(catalog, key, host), _MOST_BESIDE)]
    beside += itertools.islice(_keys_from(catalog, key, f"{host[:-1]}*"), _MOST_BESIDE)
    beside.sort(key=lambda one: -_shared(one, key))
    found = [_latest(catalog, one) for one in keys]
    found += [one for one in (_latest(catalog, one) for one in beside if one not in keys) if one and _is_page(one)]
    return [NearCapture(one.url, one.captured_at) for one in found if one][:_MOST_SIMILAR]


def _keys_from(catalog: Catalog, first: str, end: str) -> Iterator[str]:
    """The keys of captures from one on to before another."""
    statement, after = "SELECT min(urlkey) FROM captures WHERE urlkey >= ? AND urlkey < ?", first
    while found := catalog.connection.execute(statement, (after, end)).fetchone()[0]:
        yield str(found)
        after = f"{found}\0"


def _keys_before(catalog: Catalog, last: str, first: str) -> Iterator[str]:
    """The keys of captures before one, backwards to another."""
    statement, before = "SELECT max(urlkey) FROM captures WHERE urlkey >= ? AND urlkey < ?", last
    while found := catalog.connection.execute(statement, (first, before)).fetchone()[0]:
        yield str(found)
        before = found


def _shared(one: str, other: str) -> int:
    """How many letters two keys have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((nth for nth, (mine, theirs) in enumerate(pairs) if mine != theirs), min(len(one), len(other)))


def _latest(catalog: Catalog, key: str) -> Capture | None:
    ends = ends_of(catalog.connection, CaptureRange(first=key))
    return ends[1] if ends else None


def _is_page(capture: Capture) -> bool:
    return capture.type == "revisit" or "html" in (capture.mime or "")


def in_ascii(url: str) -> str:
    """An address whose Vietnamese letters are written in ASCII, in the host by IDNA; without a fragment."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
    except (ValueError, UnicodeError):
        return url
    return urlunsplit((parts.scheme, host, quote(parts.path, _KEPT), quote(parts.query, _KEPT), ""))


def _host_letters(host: re.Match[str]) -> str:
    """A host with its letters as they are (RFC 3490)."""
    try:
        return ".".join(label.encode().decode("idna") for label in host[0].split("."))
    except UnicodeError:
        return host[0]


def _letters(escaped: re.Match[str]) -> str:
    try:
        return unquote_to_bytes(escaped[0]).decode()
    except UnicodeDecodeError:
        return escaped[0]
