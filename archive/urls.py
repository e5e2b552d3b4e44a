"""Web addresses as browsers read them: joined and written by the WHATWG URL standard."""

from __future__ import annotations

import codecs
import functools
import re
from urllib.parse import urlsplit

import can_ada

# The target URIs of what is made of a captured page: its address stands behind. The second and those below are
# Browsertrix's.
DOM, VIEW = "urn:dom:", "urn:view:"
MADE_OF_PAGES = (DOM, VIEW, "urn:text:", "urn:pageinfo:", "urn:thumbnail:")
DOM_TYPE = "text/html; charset=utf-8"
_CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_CSS_ADDRESS = re.compile(
    r"@import\s+(?:\"([^\"\n]*)\"|'([^'\n]*)')|url\(\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\s\"')]+))\s*\)", re.IGNORECASE
)
_NOT_IN_RFC_3986 = {ord(sign): f"%{ord(sign):02X}" for sign in "[]|{}^`\\"}
_LONE_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def absolute(address: str, base: str | None = None, encoding: str = "utf-8") -> str | None:
    """The http or https address of a link, in ASCII, as in a request; None where there is none.

    An address with a user name or password is refused: a page could have any number of such addresses.

    Args:
        base: the address that it is relative to.
        encoding: the charset of the page with the link, in which its query is encoded.
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


def can_be_split(url: str) -> bool:
    """Whether an address has the parts of a URI (RFC 3986); not with half an IPv6 address for its host."""
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True


def led_to(url: str, location: str) -> str | None:
    """The web address in a Location field, without a fragment; None where there is none.

    Args:
        location: the field's value, a character for each octet (ISO 8859-1).
    """
    octets = "".join(letter if letter.isascii() else f"%{ord(letter) & 0xFF:02X}" for letter in location)
    found = absolute(octets, url)
    return without_fragment(found) if found else None


def without_fragment(address: str) -> str:
    """The address without its fragment, as in a request."""
    return address.partition("#")[0]


def named_in_css(css: str, base: str) -> list[str | None]:
    """What a style sheet names, in its order: imports, fonts and pictures as absolute addresses, or None."""
    addresses = ("".join(groups).strip() for groups in _CSS_ADDRESS.findall(_CSS_COMMENT.sub(" ", css)))
    return [absolute(address, base) for address in addresses if address and address[0] != "#"]


def fully_escaped(address: str) -> str:
    """The address with those characters escaped that browsers leave and RFC 3986 does not allow in path or query."""
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
    """The address with its query in the page's charset; characters that it lacks become escaped numeric references.

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
    """Encoding standard, "get an output encoding"; UTF-8 also for an unknown charset."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return "utf-8"
    return "utf-8" if name.startswith(("utf", "idna", "punycode", "unicode", "raw_unicode")) else name


def _with_caret_escaped(written: str) -> str:
    """The address with ^ escaped in its path, as the standard demands since 2024; this version of Ada does not."""
    before, mark, rest = written.partition("?") if "?" in written.partition("#")[0] else written.partition("#")
    return before.replace("^", "%5E") + mark + rest
