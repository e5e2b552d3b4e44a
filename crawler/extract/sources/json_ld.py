"""Reads a page's JSON-LD about its article (schema.org), leniently."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import attrs

from crawler.extract.page import Page
from crawler.extract.text import fold

# What scripts wrap data in: CDATA marks and HTML comments, with or without the comment signs of JavaScript around them.
_OPENING = re.compile(r"(?:(?://|/\*)[ \t]*)?(?:<!\[CDATA\[(?:\s{0,9}\*/)?|<!--)", re.IGNORECASE)
_CLOSING = re.compile(r"(?:(?://|/\*)[ \t]{0,9})?(?:\]\]>(?:\s{0,9}\*/)?|-->)$")
_LONGEST_CLOSING = 40
# "var data = {...};"
_ASSIGNED = re.compile(r"(?:(?:var|let|const)\s{1,9})?[\w.$]{1,60}\s{0,9}=\s{0,9}(?=[{\[])")
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_AT_ENDS = " \t\r\n\f\v\xa0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_ESCAPE = re.compile(r"\\(?:[\"\\/bfnrt]|u[0-9a-fA-F]{4})")
_PAIRS = {"}": "{", "]": "["}
_CLOSES = {"{": "}", "[": "]"}
_BLANK = re.compile(r"[\s;,]*")
_PLAIN = re.compile(r"[^\"/,{}\[\]]+")
_IN_STRING = re.compile(r"[^\"\\]+")
# Behind a string's last quote comes a colon, an end, or a comma with the next value; behind any other quote a word.
_AFTER_STRING = re.compile(
    r"\s*(?:[:}\]]|$|,[\s,\u200b\ufeff]*(?:[\"{\[}\]]|-?\d|true\b|false\b|null\b|/[/*]|[A-Za-z@$]\w{1,40}\s*:\s*[\"{\[\d]))"
)
_AFTER_COMMA = re.compile(r"\s*[}\],]")
# Outside of strings: what other languages write for null, names without quotes, values left out.
_NOTHING = re.compile(r"\b(?:undefined|None|nil|NULL)\b")
_NAME = re.compile(r"(?P<name>[A-Za-z@$_][\w@$-]{0,60})(?P<colon>\s*:)")
_VALUELESS = re.compile(r":\s*")
_MOST_VALUES = 100
_LONGEST = 2_000_000
_ENDING = " \t\r\n;"
_decoder = json.JSONDecoder(strict=False)  # line ends within strings are let through


def read_values(script: str) -> list[Any]:
    """The values that a script holds, as far as they can be read; an empty list where none can."""
    try:
        return [json.loads(script, strict=False)]
    except (ValueError, RecursionError):
        pass
    text = _unwrapped(script)
    found = list(_in_a_row(text))
    return found or (list(_in_a_row(_mended(text))) if len(text) <= _LONGEST else [])


def _in_a_row(text: str) -> Iterator[Any]:
    """One value after another; none at all where one of them cannot be read."""
    found: list[Any] = []
    at = _end_of_blank(text, 0)
    while at < len(text) and len(found) < _MOST_VALUES:
        try:
            value, at = _decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            if text[at] != "<":  # markup behind the data is not of them
                return
            break
        found.append(value)
        at = _end_of_blank(text, at)
    yield from found


def _end_of_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _unwrapped(script: str) -> str:
    """The script without the marks at its two ends."""
    text = script.strip(_AT_ENDS)
    while (found := _OPENING.match(text)) is not None:
        text = text[found.end() :].lstrip()
    while (found := _CLOSING.search(text[-_LONGEST_CLOSING:])) is not None:
        text = text[: len(text) - len(found[0])].rstrip(_ENDING)
    if (assigned := _ASSIGNED.match(text)) is not None:
        text = text[assigned.end() :]
    return html.unescape(text) if '"' not in text and "&quot;" in text else text


def _mended(text: str) -> str:
    """The text as JSON: without comments and trailing commas, with quotes, escapes and brackets corrected. One pass."""
    parts: list[str] = []
    opened: list[str] = []
    at, is_string = 0, False
    while at < len(text):
        run = (_IN_STRING if is_string else _PLAIN).match(text, at)
        if run is not None:
            at = run.end()
            parts.append(run[0] if is_string else _outside(run[0], text[at : at + 1]))
            continue
        sign = text[at]
        if is_string and sign == "\\":
            found = _ESCAPE.match(text, at)
            # JSON does not know \' and \x: the sign alone is meant, or the backslash
            parts.append(found[0] if found else "" if text.startswith("'", at + 1) else "\\\\")
            at = found.end() if found else at + 1
            continue
        if sign == '"':
            if is_string and not _AFTER_STRING.match(text, at + 1):
                parts.append('\\"')
            else:
                parts.append(sign)
                is_string = not is_string
        elif sign == "/" and (end := _end_of_comment(text, at)) > at:
            at = end
            continue
        elif sign in _CLOSES and not is_string:
            opened.append(sign)
            parts.append(sign)
        elif sign in _PAIRS and not is_string:
            if opened and opened[-1] == _PAIRS[sign]:
                opened.pop()
                parts.append(sign)
        elif not (sign == "," and _AFTER_COMMA.match(text, at + 1)):
            parts.append(sign)
        at += 1
    if is_string:
        parts.append('"')
    return "".join((*parts, *(_CLOSES[sign] for sign in reversed(opened))))


def _outside(run: str, sign: str) -> str:
    """What stands between strings and brackets as JSON has it; `sign` is what follows."""
    if ":" in run:
        run = _NAME.sub(r'"\g<name>"\g<colon>', run, count=1)
        if sign in (",", "}", "]") and _VALUELESS.fullmatch(run.lstrip()[run.lstrip().rfind(":") :]):
            run += "null"
    return _NOTHING.sub("null", run).translate(_UNSEEN)


def _end_of_comment(text: str, at: int) -> int:
    """Where a comment that begins at `at` ends, an unfinished one with the text; `at` itself where none begins."""
    opening, closing = text[at : at + 2], {"/*": "*/", "//": "\n"}
    if opening not in closing:
        return at
    end = text.find(closing[opening], at + 2)
    return len(text) if end < 0 else end + len(closing[opening])


_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report)$", re.IGNORECASE)
_ORGANISATION = re.compile(r"Organi[sz]ation|Corporation|Company|WebSite")
_MOST_NODES = 5000


@attrs.frozen(kw_only=True)
class JsonLd:
    """The article's node in plain text; what it does not say is empty. `authors` are (name, whether a person)."""

    headline: str = ""
    published: str = ""
    modified: str = ""
    description: str = ""
    section: str = ""
    body: str = ""
    authors: tuple[tuple[str, bool], ...] = ()
    tags: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()


NOTHING = JsonLd()


def read_json_ld(page: Page) -> JsonLd:
    """The node that is the page's article: of several the one with its address, else the first with a headline."""
    nodes, by_id = _nodes(page)
    articles = [node for node in nodes if _is_article(node)]
    if not articles:
        return NOTHING
    article = next((node for node in articles if _is_of(node, page.url)), None)
    if article is None:
        article = next((node for node in articles if plain(node.get("headline"))), articles[0])
    resolved = [
        by_id.get(str(one["@id"]), one) if _is_reference(one) else one for one in as_list(article.get("author"))
    ]
    publishers = [
        by_id.get(str(one.get("@id")), one) for one in as_list(article.get("publisher")) if isinstance(one, dict)
    ]
    return JsonLd(
        headline=plain(article.get("headline")) or plain(article.get("name")),
        published=plain(article.get("datePublished")),
        modified=plain(article.get("dateModified")),
        description=plain(article.get("description")),
        section=plain(next(iter(as_list(article.get("articleSection"))), "")),
        body=_body(article),
        authors=tuple(_people(resolved)),
        tags=tuple(_words(article.get("keywords"))),
        publishers=tuple(filter(None, (plain(one.get("name")) for one in publishers))),
    )


def plain(value: Any) -> str:
    """Folded text of a JSON-LD value, also where it was escaped once or twice (`Chi&amp;#7871;n`)."""
    if isinstance(value, list):
        value = next(iter(as_list(value)), None)
    if isinstance(value, dict):
        value = value.get("@value")
    if not isinstance(value, str):
        return ""
    return fold(html.unescape(html.unescape(value)) if "&" in value else value)


def as_list(value: Any) -> list[Any]:
    """The values of a property that may have one or several, also where lists stand in lists."""
    if not isinstance(value, list):
        return [] if value is None else [value]
    flat: list[Any] = []
    pending = value[::-1]
    while pending and len(flat) < _MOST_NODES:
        one = pending.pop()
        if isinstance(one, list):
            pending.extend(one[::-1])
        else:
            flat.append(one)
    return flat


def _nodes(page: Page) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Every node of the page, outer ones first, and those with an @id that say more than it."""
    nodes: list[dict[str, Any]] = []
    by_id: dict[str, dict[str, Any]] = {}
    pending: list[Any] = [value for script in page.json_ld_scripts() for value in read_values(script)]
    at = 0
    while at < len(pending) and at < _MOST_NODES:
        value = pending[at]
        at += 1
        if isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict):
            nodes.append(value)
            if isinstance(value.get("@id"), str) and len(value) > 2:
                by_id.setdefault(value["@id"], value)
            pending.extend(part for part in value.values() if isinstance(part, (dict, list)))
    return nodes, by_id


def _is_article(node: dict[str, Any]) -> bool:
    return any(isinstance(kind, str) and _ARTICLE_TYPE.search(kind) for kind in as_list(node.get("@type")))


def _is_of(node: dict[str, Any], url: str) -> bool:
    own = url.partition("#")[0].partition("?")[0].rstrip("/")
    page = node.get("mainEntityOfPage")
    addresses = [node.get("url"), node.get("@id"), page, page.get("@id") if isinstance(page, dict) else None]
    return any(isinstance(one, str) and one.partition("#")[0].partition("?")[0].rstrip("/") == own for one in addresses)


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("@id"), str) and not value.get("name")


def _people(values: list[Any]) -> Iterator[tuple[str, bool]]:
    for value in values:
        if isinstance(value, str):
            if name := plain(value):
                yield name, True
            continue
        if not isinstance(value, dict):
            continue
        kinds = [kind for kind in as_list(value.get("@type")) if isinstance(kind, str)]
        is_person = "Person" in kinds or not any(_ORGANISATION.search(kind) for kind in kinds)
        names = [plain(name) for name in as_list(value.get("name"))]
        if not any(names):
            names = [fold(f"{plain(value.get('givenName'))} {plain(value.get('familyName'))}")]
        yield from ((name, is_person and "logo" not in value) for name in names if name)


def _body(article: dict[str, Any]) -> str:
    text_of_body = article.get("articleBody")
    text = html.unescape(text_of_body) if isinstance(text_of_body, str) else ""
    updates = [_body(one) for one in as_list(article.get("liveBlogUpdate"))[:500] if isinstance(one, dict)]
    return "\n".join(filter(None, (text, *updates)))


def _words(value: Any) -> Iterator[str]:
    for one in as_list(value):
        for word in one.split(",") if isinstance(one, str) else ():
            if text := plain(word):
                yield text
