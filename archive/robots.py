"""Reads a captured robots.txt (RFC 9309): normalises its lines, then parses the rules."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from urllib.parse import quote

from protego import Protego

from archive.catalog import Capture, Catalog
from archive.collection import Collection
from archive.errors import RecordDamaged
from archive.originals import original_of, read_capture

AGENT = "baotinh"  # the product token of this crawler
# RFC 9309, 2.5: at least 500 KiB must be read
_LONGEST = 500 * 1024
# Google's parser ignores the rest of a longer line (robots.cc, kMaxLineLen)
_LONGEST_LINE = 2083 * 8
_LINE_END = re.compile("\r\n?|\n")
# white space, control characters, and a BOM, also one that was read in a wrong charset
_LEADING = re.compile(r"[^!-~]+")
_TOKEN = re.compile(r"[A-Za-z_-]*")
# the kind of a line by the beginning of its name, as in Google's parser (robots.cc, ParsedRobotsKey); and Crawl-delay
_NAME = re.compile(
    r"(?P<agent>user[- ]?agent)|(?P<disallow>diss?allow|dissalow|disalow|diasllow|disallaw)|(?P<allow>allow)"
    r"|(?P<delay>crawl[- ]?delay)|(?P<sitemap>site-?map)",
    re.IGNORECASE,
)
_WRITTEN = {
    "agent": "User-agent", "disallow": "Disallow", "allow": "Allow", "delay": "Crawl-delay", "sitemap": "Sitemap",
}  # fmt: skip
_REST_OF_NAME = re.compile(r"[\w-]*")
# any crawler other than AGENT: no product token has parentheses
_ANOTHER = "(another)"
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


def read_robots(status: int, body: bytes, agent: str = AGENT) -> Protego:
    """The rules that an answer gives `agent`; where there is no robots.txt all is allowed (RFC 9309, 2.3.1.3)."""
    return Protego.parse("" if status >= 400 else "\n".join(_lines(_text(body), agent)))


def robots_of(collection: Collection, catalog: Catalog, capture: Capture, agent: str = AGENT) -> Protego | None:
    """The rules in a capture of a robots.txt; None where it has no rules: 5xx, a redirect, a damaged record."""
    whole = original_of(collection, catalog, capture)
    if whole is None or whole.status is None or not (whole.status == 200 or 400 <= whole.status < 500):
        return None
    try:
        message = read_capture(collection, whole).http
    except (RecordDamaged, OSError):
        return None
    # one octet more, to see whether the file is longer
    return read_robots(whole.status, message.content(_LONGEST + 1), agent) if message else None


def _text(body: bytes) -> str:
    """The first 500 KiB as text, without a line that is cut; UTF-8, or UTF-16 with a BOM.

    No rule has a NUL: without those, rules in UTF-32, or in UTF-16 without a BOM, are read as well.
    """
    read = body[:_LONGEST]
    utf16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(read[:2])
    text = read.decode(utf16 or "utf-8", "replace")
    if len(body) > _LONGEST:
        text = text[: max(text.rfind("\n"), text.rfind("\r"))] if "\n" in text or "\r" in text else text
    return text.replace("\0", "")


def _lines(text: str, agent: str) -> Iterator[str]:
    """The lines with a rule or a group, in one form that all parsers read alike.

    A crawler's name is its product token alone (RFC 9309, 2.2.1): protego takes "bao" for "baotinh", and does not know
    "baotinh/1.0". A line that is no rule ends no group (2.2.4): protego ends it at Crawl-delay, so one that stands
    among the names of a group goes behind all groups, with the names before it.
    """
    names: list[str] = []
    delays: list[str] = []
    has_rules = False
    for line in _LINE_END.split(text):
        name, value = _named(line[:_LONGEST_LINE].partition("#")[0])
        if not name:
            continue
        # other line ends of Unicode are not line ends here, but protego would break the line at them
        written = f"{name}: {quote(_agent(value, agent) if name == 'User-agent' else value, safe=_PRINTABLE)}"
        if name == "User-agent":
            names = [written] if has_rules else list(dict.fromkeys((*names, written)))
            has_rules = False
        has_rules = has_rules or name in ("Allow", "Disallow")
        if name == "Crawl-delay" and names and not has_rules:
            delays += (*names, written)
        else:
            yield written
    yield from delays


def _named(line: str) -> tuple[str | None, str]:
    """The kind of a line, None for an unknown one, and its value; the colon may be missing."""
    leading = _LEADING.match(line)
    found = _NAME.match(line, leading.end() if leading else 0)
    if found is None:
        return None, ""
    name = _WRITTEN[found.lastgroup or ""]
    rest = _REST_OF_NAME.match(line, found.end())
    assert rest is not None
    said = line[rest.end() :]
    value = said.strip()
    if not value.startswith(":") and (rest[0] or not said[:1].isspace() or not _may_stand_alone(name, value)):
        _, colon, value = value.partition(":")
        return (name, value.strip()) if colon else (None, "")
    return name, value.removeprefix(":").strip()


def _may_stand_alone(name: str, value: str) -> bool:
    """Whether a value may follow its name without a colon: in "Disallow /a", but not in "Disallow all: /a"."""
    return value.startswith(("/", "*")) if name in ("Allow", "Disallow") else bool(value)


def _agent(value: str, agent: str) -> str:
    if re.match(r"\*(?:\s|$)", value):
        return "*"
    named = _token(value.replace("*", ""))
    return agent if named and named == _token(agent) else _ANOTHER


def _token(name: str) -> str:
    found = _TOKEN.match(name)
    return found[0].lower() if found else ""
