"""Text from the network without characters that control a terminal, mislead a reader or show nothing."""

from __future__ import annotations

import functools
import json
import operator
import re
import sys
import unicodedata
from typing import Any, TextIO, TypeVar

import attrs

# C0 but tab and line end, DEL, C1: control characters of terminals (ECMA-48).
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
# Characters that change the order of text (UAX 9), line separators, and surrogates, which cannot be encoded.
_MISLEADING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff"
_CONTROL = re.compile(f"[{_CONTROLS}]")
_UNPRINTABLE = re.compile(f"[{_CONTROLS}{_MISLEADING}]")

UNBROKEN = 100_000
"""A width that no line has: output to a file or another program is never wrapped."""

_Value = TypeVar("_Value")
# json.dumps makes an encoder for each value
_JSON = json.JSONEncoder(ensure_ascii=False).encode


def printable(text: str) -> str:
    """The text with U+FFFD for each control character, except tab and line end, and for each that reorders text."""
    return text if text.isascii() and text.isprintable() else _UNPRINTABLE.sub("\ufffd", text)


def say(text: object, file: TextIO | None = None) -> None:
    """Print a line that may hold text from the network; by default to standard output."""
    print(printable(str(text)), file=file or sys.stdout, flush=True)


def json_text(value: Any, *, indent: int | None = None) -> str:
    """The value as JSON in UTF-8; only characters that `printable` replaces are escaped."""
    return escaped(_JSON(value) if indent is None else json.dumps(value, ensure_ascii=False, indent=indent))


def escaped(line: str) -> str:
    r"""JSON with each unprintable character as \uXXXX; outside of strings JSON has none but white space."""
    return line if line.isascii() and line.isprintable() else _UNPRINTABLE.sub(_escape, line)


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def without_controls(value: _Value) -> _Value:
    """A string, or all strings within tuples, lists, dicts and attrs classes, without controls but tab and line end."""
    return _cleaned(value)  # type: ignore[no-any-return]


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _CONTROL.sub("", value) if not value.isprintable() else value
    if isinstance(value, (tuple, list)):
        clean = [_cleaned(part) for part in value]
        return value if all(map(operator.is_, clean, value)) else type(value)(clean)
    if isinstance(value, dict):
        cleaned = {name: _cleaned(part) for name, part in value.items()}
        return value if all(map(operator.is_, cleaned.values(), value.values())) else cleaned
    kind: Any = type(value)
    changed = {name: clean for name in _fields(kind) if (clean := _cleaned(part := getattr(value, name))) is not part}
    return attrs.evolve(value, **changed) if changed else value


@functools.lru_cache(maxsize=256)
def _fields(kind: Any) -> tuple[str, ...]:
    """The names of an attrs class's fields; none of another class."""
    return tuple(field.name for field in attrs.fields(kind) if field.init) if attrs.has(kind) else ()


# Default_Ignorable_Code_Point (Unicode 16, DerivedCoreProperties): zero-width and directional signs, joiners, fillers,
# variation selectors, tags. With them the controls that are no white space, and the marks of the interlinear notes.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_REMOVED_CONTROLS = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
# Between letters of these scripts joiners belong to the spelling (RFC 5892, appendix A).
_JOINING = "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af"
_FOUND = re.compile(f"[{_REMOVED_CONTROLS}{_IGNORABLE}]")
# All that most texts consist of, and nothing that is removed: read several times faster than `_FOUND` is looked for.
_PLAIN = re.compile("[\t-\r\x1c-~\xa0-\xac\xae-\u034e\u1ea0-\u1ef9\u2010-\u2027]*+")
_TAKEN_OUT = re.compile(
    f"(?<=[{_JOINING}])(?P<spelling>[\u200c\u200d])(?=[{_JOINING}])|[{_REMOVED_CONTROLS}{_IGNORABLE}]",
)


def without_ignorable(text: str) -> str:
    """The text without its default ignorable code points and controls; white space stays as it is.

    A joined emoji becomes several. Arabic and Indic words keep the joiners that belong to their spelling.
    """
    if _PLAIN.fullmatch(text) or _FOUND.search(text) is None:
        return text
    return _TAKEN_OUT.sub(lambda found: found["spelling"] or "", text)


MOST_MARKS = 2
"""Marks that are shown on one letter, as Vietnamese has them; three below one reach the next line."""
MOST_KHMER_MARKS = 4
"""Khmer stands up to four on one letter: a shifter, a vowel, and signs."""
# most texts hold no mark of its own: seen several times faster than a mark is looked for
_UNMARKED = re.compile("[\x00-\u02ff\u1ea0-\u1ef9\u2010-\u2027]*+")
# what among the signs is no mark is told apart one by one
_MARKED = re.compile(r"(?P<letter>\S)(?P<signs>[^\w\s\x00-\x7f]+)")


def few_marks(text: str) -> str:
    """The text with at most `MOST_MARKS` marks on a letter: more of them are painted over the lines around it."""
    return text if _UNMARKED.fullmatch(text) else _MARKED.sub(_with_few_marks, text)


def _with_few_marks(found: re.Match[str]) -> str:
    kept = [found["letter"]]
    count = sum(map(_is_mark, unicodedata.normalize("NFD", found["letter"])))
    most = MOST_KHMER_MARKS if "\u1780" <= found["letter"] <= "\u17dd" else MOST_MARKS
    for sign in found["signs"]:
        if _is_mark(sign):
            count += 1
        elif unicodedata.category(sign) != "Cf":  # what shows nothing ends no stack
            count = 0
        if count <= most or not _is_mark(sign):
            kept.append(sign)
    return "".join(kept)


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign) in ("Mn", "Me")
