"""JSON as pages embed it: in comments and CDATA, several values in a row, with stray signs and without its end."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

# What scripts wrap data in: CDATA marks and HTML comments, with or without the comment signs of JavaScript around them.
_OPENING = re.compile(r"(?:(?://|/\*)[ \t]*)?(?:<!\[CDATA\[(?:\s{0,9}\*/)?|<!--)", re.IGNORECASE)
_CLOSING = re.compile(r"(?:(?://|/\*)[ \t]{0,9})?(?:\]\]>(?:\s{0,9}\*/)?|-->)$")
_LONGEST_CLOSING = 40
# "var data = {...};"
_ASSIGNED = re.compile(r"(?:(?:var|let|const)\s{1,9})?[\w.$]{1,60}\s{0,9}=\s{0,9}(?=[{\[])")
_AT_ENDS = " \t\r\n\f\v\xa0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_ESCAPE = re.compile(r"\\(?:[\"\\/bfnrt]|u[0-9a-fA-F]{4})")
_PAIRS = {"}": "{", "]": "["}
_CLOSES = {"{": "}", "[": "]"}
_BLANK = re.compile(r"[\s;,]*")
_PLAIN = re.compile(r"[^\"/,{}\[\]]+")
_IN_STRING = re.compile(r"[^\"\\]+")
# Behind a string's last quote comes a colon, an end, or a comma with the next value; behind any other quote a word.
_AFTER_STRING = re.compile(r"\s*(?:[:}\]]|$|,\s*(?:[\"{\[}\]]|-?\d|true\b|false\b|null\b|/[/*]))")
_AFTER_COMMA = re.compile(r"\s*[}\]]")
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
            return
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
    """The text without comments and commas before an end, with quotes and escapes inside strings as they should be.

    Brackets that nothing opens go, those that nothing closes are closed. One pass.
    """
    parts: list[str] = []
    opened: list[str] = []
    at, is_string = 0, False
    while at < len(text):
        run = (_IN_STRING if is_string else _PLAIN).match(text, at)
        if run is not None:
            parts.append(run[0])
            at = run.end()
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


def _end_of_comment(text: str, at: int) -> int:
    """Where a comment that begins at `at` ends, an unfinished one with the text; `at` itself where none begins."""
    opening, closing = text[at : at + 2], {"/*": "*/", "//": "\n"}
    if opening not in closing:
        return at
    end = text.find(closing[opening], at + 2)
    return len(text) if end < 0 else end + len(closing[opening])
