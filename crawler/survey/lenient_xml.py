"""Parses feeds and sitemaps leniently, without expanding declared entities."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from crawler.extract.charsets import decode

XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"\s*<\?xml\b[^<>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})")
_DECLARATION = re.compile(r"<\?xml\b[^<>]*>")
# up to the end of the internal subset, if any; entities that it declares are not expanded
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^<>\[]*+(?:\[(?:[^\]\"']++|\"[^\"]*+\"|'[^']*+')*+\]?\s*+)?>?", re.IGNORECASE)
_VERBATIM = re.compile(r"<!\[CDATA\[|<!--")
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->"}
# XML 1.0, 2.2, Char
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(
    r"&(?:#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6})|(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,31});"
)
# & and < that begin no reference or tag
_AMPERSAND, _LESS = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)"), re.compile(r"<(?![A-Za-z_/!?])")


def parse_xml(body: bytes, headers: Mapping[str, str]) -> Any:
    """The root of a tree with the whole document below an element that is added.

    HTML's named references are resolved without a declaration; `&` and `<` that begin no reference or tag are
    text; what is outside the document's root, such as a server's warning before it, is below the added element too.
    """
    text = _NO_CHARACTER.sub("\ufffd", decode(body, _with_charset(body, headers)))
    text = _DOCTYPE.sub("", _DECLARATION.sub("", text), count=1)
    whole = f"<all>{''.join(_mended(text))}</all>".encode()
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    root = etree.fromstring(whole, parser)
    return root if root is not None else etree.Element("all")


def _with_charset(body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
    """A Content-Type header with the charset of the bytes: HTTP's, else the XML declaration's (RFC 7303, 3).

    A BOM overrides both. If the bytes contradict HTTP's charset, as with servers that send one charset for all files,
    the declaration's is used.
    """
    content_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    charsets = [found[1] for found in (_CHARSET.search(content_type),) if found]
    if found := _DECLARED.match(body[:400]):
        inner = found[1].decode("ascii", "replace")
        # a declaration that is readable as ASCII is not in UTF-16
        charsets.append("utf-8" if inner.lower().startswith(("utf-16", "ucs-2", "utf-32")) else inner)
    elif body[:2] in (b"<\x00", b"\x00<"):
        charsets.append("utf-16-le" if body[:1] == b"<" else "utf-16-be")  # XML 1.0, F.1
    charset = next((name for name in charsets if _reads(name, body)), charsets[-1] if charsets else "utf-8")
    return {"Content-Type": f"text/xml; charset={charset}"}


def _reads(charset: str, body: bytes) -> bool:
    try:
        body.decode(charset)  # accepts charsets only, no other codecs
    except (LookupError, ValueError):
        return False
    return True


def _mended(text: str) -> Iterator[str]:
    """The text with its references resolved or escaped, except in CDATA sections and comments."""
    at = 0
    while opened := _VERBATIM.search(text, at):
        yield _escaped(text[at : opened.start()])
        end = text.find(_ENDS[opened[0]], opened.end())
        if end < 0:  # unclosed: its content is text
            at = opened.end()
            break
        at = end + len(_ENDS[opened[0]])
        yield text[opened.start() : at]
    yield _escaped(text[at:])


def _escaped(text: str) -> str:
    return _LESS.sub("&lt;", _AMPERSAND.sub("&amp;", _REFERENCE.sub(_resolved, text)))


def _resolved(found: re.Match[str]) -> str:
    """The letter that a reference means, escaped where it is markup; an unknown one is escaped."""
    meant = _NO_CHARACTER.sub("\ufffd", html.unescape(found[0]))
    return found[0] if meant == found[0] else html.escape(meant, quote=False)
