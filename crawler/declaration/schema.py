"""The schema of a newspaper's declaration: the faults of each attribute, and how to correct them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import attrs
from parsel import css2xpath

from archive.errors import NoHostName
from crawler.declaration.declared import Declared, DrawnPart
from crawler.declaration.layout import Layout, Section
from crawler.declaration.provinces import PROVINCES

_NAME = re.compile(r"[a-z][a-z0-9]{2,39}")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_BEGINNING = re.compile(r"/(?:[^/?#\s]+/)+")
_NO_SELECTORS = {"body_script"}
_LEAST_DELAY = 1.0
_REQUIRED = ("name", "title", "province", "hosts", "article_pattern")


@attrs.frozen
class Fault:
    """A fault of one attribute, and its correction."""

    attribute: str
    found: str
    mend: str


def faults(declared: type[Declared]) -> Iterator[Fault]:
    """All faults of a declaration, in the order of its attributes."""
    if hasattr(declared, "unproved"):
        warnings.warn(
            "unproved is now verified = date(...), the day of the saved pages", DeprecationWarning, stacklevel=2
        )
    if hasattr(declared, "needs_javascript"):
        warnings.warn(
            'needs_javascript is now needs_browser = ("sections", "articles")', DeprecationWarning, stacklevel=2
        )
    missing = [name for name in _REQUIRED if not hasattr(declared, name)]
    for name in missing:
        yield Fault(name, "missing", f"declare {name} = ...")
    for name, check in _CHECKS.items():
        if name not in missing:
            value = getattr(declared, name)
            try:
                mends = list(check(value, declared))
            except Exception as error:  # a value of a type that the check does not expect
                mends = [f"give a value as docs/add-a-paper.md describes it: {error}"]
            for mend in mends:
                yield Fault(name, _shown(value), mend)


def refuse_numbers(url: str) -> None:
    """Refuse an address without a host name, such as one with an IP address.

    Raises:
        NoHostName: it has none.
    """
    host = urlsplit(url).hostname or ""
    if not _HOST.fullmatch(host) or not host.rpartition(".")[2].isalnum() or host.rpartition(".")[2].isdecimal():
        raise NoHostName(url, host)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


# the checks: each yields a correction for every fault

Check = Callable[[Any, type[Declared]], Iterator[str]]


def _name(value: Any, declared: type[Declared]) -> Iterator[str]:
    declared_hosts = getattr(declared, "hosts", ())
    hosts = {str(host).removeprefix("www.") for host in (declared_hosts if isinstance(declared_hosts, tuple) else ())}
    # an undeclared newspaper's name is its host
    if not isinstance(value, str) or not (_NAME.fullmatch(value) or value in hosts):
        yield "give a name of small letters and digits, such as 'baocantho'"


def _title(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield "give the paper's own name in full"


def _province(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if value is not None and value not in PROVINCES:
        yield f"give one of the provinces since July 2025 ({', '.join(PROVINCES)}), or None for the whole country"


def _provinces_before(value: Any, declared: type[Declared]) -> Iterator[str]:
    parts = PROVINCES.get(getattr(declared, "province", None) or "", ())
    if not isinstance(value, tuple) or (parts and (not value or set(value) - set(parts))):
        yield f"give a tuple of those that became {declared.province}: {', '.join(parts)}"


def _other_name(value: Any, declared: type[Declared]) -> Iterator[str]:
    if value is not None and not (isinstance(value, str) and _NAME.fullmatch(value) and value != declared.name):
        yield "give the name of another declared newspaper, such as 'baocantho', or None"


def _language(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        yield "give a code of ISO 639, such as 'vi' or 'km'"


def _beginnings(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if not isinstance(value, tuple) or not all(isinstance(one, str) and _BEGINNING.fullmatch(one) for one in value):
        yield 'give a tuple of paths that begin and end with "/", such as ("/en/",)'


def _attributes(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if not isinstance(value, tuple) or (wrong := set(value) - set(_CHECKS)):
        yield f"give a tuple of attributes' names, not {', '.join(map(repr, wrong))}"


def _hosts(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if not isinstance(value, tuple) or not value:
        yield "give a tuple of host names"
    yield from _former_hosts(value, _declared)


def _former_hosts(value: Any, _declared: type[Declared]) -> Iterator[str]:
    wrong = [host for host in value if not (isinstance(host, str) and _HOST.fullmatch(host))]
    if wrong or not isinstance(value, tuple):
        yield f"give a tuple of host names without scheme and path{', not ' + repr(wrong[0]) if wrong else ''}"


def _time_zone(value: Any, _declared: type[Declared]) -> Iterator[str]:
    try:
        ZoneInfo(value)
    except Exception:  # ZoneInfo raises errors of several classes for a bad key
        yield "give a name of the time zone database, such as 'Asia/Ho_Chi_Minh'"


def _sections(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if not isinstance(value, tuple) or not all(isinstance(section, Section) for section in value):
        yield 'give a tuple of Section("name", "/path/")'
        return
    for section in value:
        if not section.name.strip() or not section.path.startswith("/"):
            yield f'section {section.name!r}: give a name and a path that begins with "/", not {section.path!r}'
    if len({section.path for section in value}) < len(value):
        yield "give each path once"
    if len({section.name for section in value}) < len(value):
        yield "give each name once: what is kept of a section is kept by its name"


def _pattern(value: Any, _declared: type[Declared]) -> Iterator[str]:
    try:
        if "id" not in re.compile(value).groupindex:
            yield "name the group of the article's own id: (?P<id>...)"
    except (re.error, TypeError) as error:
        yield f"give a regular expression: {error}"


def _former_patterns(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if not isinstance(value, tuple):
        yield "give a tuple of regular expressions"
        return
    for one in value:
        try:
            named = set(re.compile(one).groupindex)
        except (re.error, TypeError) as error:
            yield f"give a regular expression: {error}"
            continue
        if named not in ({"id"}, {"former_id"}):
            yield (
                f"{one!r}: name one group, of the article's number: (?P<id>...) if today's address has the same, "
                "else (?P<former_id>...)"
            )


def _paging(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if value is not None and not (isinstance(value, str) and "{page}" in value and value.startswith(("{path}", "/"))):
        yield 'give an address with {page}, such as "{path}?page={page}", or None'


def _paths(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if not isinstance(value, tuple) or not all(isinstance(one, str) and _is_path(one) for one in value):
        yield 'give a tuple of paths or addresses that begin with "/" or "https://"'


def _is_path(text: str) -> bool:
    return text.startswith("/") or bool(urlsplit(text).scheme in ("http", "https") and urlsplit(text).hostname)


def _selector(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if value is not None and (wrong := selector_fault(value)):
        yield f"give a CSS selector: {wrong}"


def _layouts(value: Any, declared: type[Declared]) -> Iterator[str]:
    if not isinstance(value, tuple) or not all(isinstance(layout, Layout) for layout in value):
        yield "give a tuple of Layout(...)"
        return
    if isinstance(declared.verified, date) and not any(layout.verified for layout in value):
        yield "leave out verified, or give it to the layout that was verified: Layout(verified=date(...))"
    for number, layout in enumerate(value, 1):
        yield from (f"layout {number}: {wrong}" for wrong in _layout_faults(layout))


def _layout_faults(layout: Layout) -> Iterator[str]:
    for field in attrs.fields(Layout):
        value = getattr(layout, field.name)
        if field.name in _NO_SELECTORS or "str" not in str(field.type) or value is None:
            continue
        is_of_several = isinstance(value, tuple) and str(field.type).startswith("tuple")
        for selector in value if is_of_several else [value]:
            if wrong := selector_fault(selector):
                yield f"{field.name}: {selector!r} is no CSS selector: {wrong}"
    if layout.body_script is not None:
        try:
            if re.compile(layout.body_script).groups != 1:
                yield "body_script: give a regular expression with one group"
        except re.error as error:
            yield f"body_script: give a regular expression: {error}"
    if not isinstance(layout.drop, tuple):
        yield "drop: give a tuple of CSS selectors"
    days = {"valid_from": layout.valid_from, "valid_until": layout.valid_until, "verified": layout.verified}
    if wrong_days := [name for name, day in days.items() if day is not None and type(day) is not date]:
        yield f"{wrong_days[0]}: give a day, such as date(2026, 1, 8)"
    elif layout.valid_from and layout.valid_until and layout.valid_from > layout.valid_until:
        yield "valid_from comes after valid_until: exchange them"


def selector_fault(selector: Any) -> str | None:
    """The fault of a CSS selector; None for a valid one."""
    if not isinstance(selector, str) or not selector.strip():
        return f"{selector!r} is no text"
    try:
        css2xpath(selector)
    except Exception as error:  # cssselect's own errors, and others of its parser
        return str(error) or type(error).__name__
    return None


def _delay(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not _LEAST_DELAY <= value <= 600:
        yield f"give seconds, {_LEAST_DELAY:g} to 600: a provincial server is small"


def _day(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if value is not None and type(value) is not date:
        yield "give the day of the saved pages that the rules were verified against: date(2026, 1, 8)"


def _drawn(value: Any, _declared: type[Declared]) -> Iterator[str]:
    known = get_args(DrawnPart)
    if not isinstance(value, tuple) or any(part not in known for part in value) or len(set(value)) < len(value):
        yield f'give a tuple of what scripts draw, each once: {", ".join(map(repr, known))}, such as ("sections",)'


_CHECKS: dict[str, Check] = {
    "name": _name,
    "title": _title,
    "province": _province,
    "provinces_before": _provinces_before,
    "merged_into": _other_name,
    "edition_of": _other_name,
    "language": _language,
    "hosts": _hosts,
    "former_hosts": _former_hosts,
    "paths": _beginnings,
    "other_paths": _beginnings,
    "unsure": _attributes,
    "time_zone": _time_zone,
    "family": _title,
    "sections": _sections,
    "article_pattern": _pattern,
    "former_article_patterns": _former_patterns,
    "section_pages": _selector,
    "paging": _paging,
    "feeds": _paths,
    "sitemaps": _paths,
    "layouts": _layouts,
    "delay": _delay,
    "needs_browser": _drawn,
    "browser_hosts": _former_hosts,
    "more_button": _selector,
    "verified": _day,
}
