"""Web addresses as browsers read them: joined and written by the WHATWG URL standard."""

from __future__ import annotations

import codecs
import functools

import can_ada

_NOT_IN_RFC_3986 = {ord(sign): f"%{ord(sign):02X}" for sign in "[]|{}^`\\"}
_LONE_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def absolute(address: str, base: str | None = None, encoding: str = "utf-8") -> str | None:
    """The http or https address that a link means, in ASCII, as a request bears it; None where it means none.

    One with a name or a password before its host means none: it would make ever new addresses of the same page.

    Args:
        base: the address that it is relative to.
        encoding: the charset of the page that it stands in, in which its query goes out.
    """
    if not address.isascii():
        address = _with_query_in(address.translate(_LONE_SURROGATES), encoding)
    try:
        start = _parsed(base) if base else None
        found = can_ada.parse(address) if start is None else start + address
    except ValueError:
        return None
    written = found.href
    if found.has_credentials() or not written.startswith(("http://", "https://")):
        return None
    return _with_caret_escaped(written) if "^" in written else written


def led_to(url: str, location: str) -> str | None:
    """The web address that an answer's Location leads to, without a fragment; None where it leads to none.

    Args:
        location: the field's value, a character for each octet (ISO 8859-1).
    """
    octets = "".join(letter if letter.isascii() else f"%{ord(letter) & 0xFF:02X}" for letter in location)
    found = absolute(octets, url)
    return without_fragment(found) if found else None


def without_fragment(address: str) -> str:
    """The address as a request bears it."""
    return address.partition("#")[0]


def fully_escaped(address: str) -> str:
    """The address with those signs escaped too that browsers leave as they are and RFC 3986 has in no path or query."""
    scheme, mark, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host}{slash}{path.translate(_NOT_IN_RFC_3986)}"


@functools.lru_cache(maxsize=64)
def _parsed(base: str) -> can_ada.URL | None:
    try:
        return can_ada.parse(base)
    except ValueError:
        return None


def _with_query_in(address: str, encoding: str) -> str:
    """The address with its query in the page's charset; what that has no letter for is a numeric reference, escaped.

    URL standard, "percent-encode after encoding".
    """
    charset = _output_encoding(encoding)
    before, hash_sign, fragment = address.partition("#")
    path, mark, query = before.partition("?")
    if charset == "utf-8" or query.isascii():
        return address
    escaped = "".join(letter if letter.isascii() else _escaped(letter, charset) for letter in query)
    return f"{path}{mark}{escaped}{hash_sign}{fragment}"


def _escaped(letter: str, charset: str) -> str:
    try:
        return "".join(f"%{octet:02X}" if octet >= 0x80 else chr(octet) for octet in letter.encode(charset))
    except (UnicodeEncodeError, LookupError):
        return f"%26%23{ord(letter)}%3B"


@functools.lru_cache(maxsize=64)
def _output_encoding(encoding: str) -> str:
    """Encoding standard, "get an output encoding"; a charset that browsers do not know is UTF-8 too."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return "utf-8"
    return "utf-8" if name.startswith(("utf", "idna", "punycode", "unicode", "raw_unicode")) else name


def _with_caret_escaped(written: str) -> str:
    """The address with ^ escaped in its path, as the standard has it since 2024 and this version of Ada not yet."""
    before, mark, rest = written.partition("?") if "?" in written.partition("#")[0] else written.partition("#")
    return before.replace("^", "%5E") + mark + rest
