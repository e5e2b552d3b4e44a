"""The schema of a newspaper's declaration: a wrong one is refused with file, line and mend; changes none."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import attrs
from parsel import css2xpath

from archive.errors import BadDeclaration, FileMissing, NoHostName
from crawler.declaration.declared import Declared
from crawler.declaration.layout import Layout, Section
from crawler.declaration.provinces import PROVINCES

_NAME = re.compile(r"[a-z][a-z0-9]{2,39}")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_NO_SELECTORS = {"body_script"}
_LEAST_DELAY = 1.0
_REQUIRED = ("name", "title", "province", "hosts", "article_pattern")


D = TypeVar("D", bound=Declared)
_SPIDERS = Path(__file__).parents[2] / "spiders"


@attrs.frozen
class Fault:
    """What is wrong with one attribute, and what would be right."""

    attribute: str
    found: str
    mend: str


def refuse_faults(declared: type[Declared]) -> None:
    """Let a declaration pass.

    Raises:
        BadDeclaration: its first fault, with the line of the attribute.
    """
    for fault in faults(declared):
        path, line = _place(declared, fault.attribute)
        raise BadDeclaration(path, line, fault.attribute, fault.found, fault.mend)


def faults(declared: type[Declared]) -> Iterator[Fault]:
    """All that is wrong with a declaration, in the order of its attributes."""
    if hasattr(declared, "unproved"):
        warnings.warn(
            "unproved is now verified = date(...), the day of the saved pages", DeprecationWarning, stacklevel=2
        )
    missing = [name for name in _REQUIRED if not hasattr(declared, name)]
    for name in missing:
        yield Fault(name, "missing", f"declare {name} = ...")
    for name, check in _CHECKS.items():
        if name not in missing:
            value = getattr(declared, name)
            for mend in check(value, declared):
                yield Fault(name, _shown(value), mend)


def refuse_numbers(url: str) -> None:
    """Refuse the address of a newspaper that does not name its host, as by an IP address.

    Raises:
        NoHostName: it does not.
    """
    host = urlsplit(url).hostname or ""
    if not _HOST.fullmatch(host) or not host.rpartition(".")[2].isalnum() or host.rpartition(".")[2].isdecimal():
        raise NoHostName(url, host)


def load_file(path: Path, base: type[D]) -> type[D]:
    """The declaration that a file holds: the one class made of `base` in it that has a name.

    Raises:
        FileMissing: it is not there.
        BadDeclaration: it holds none, cannot be read, or has a fault.
    """
    if not path.exists():
        raise FileMissing(path, "a newspaper's declaration")
    spec = importlib.util.spec_from_file_location(f"declaration_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise BadDeclaration(path, 0, "file", "no Python file is there", "give the path of a declaration")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where a class's own file is looked up
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise unloadable(error, path) from error
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, base) and value.__module__ == spec.name:
            refuse_faults(value)
            return value
    raise BadDeclaration(path, 1, "class", "no newspaper is declared", f"declare a class of {base.__name__}")


def unloadable(error: Exception, path: Path) -> BadDeclaration:
    """What Python found wrong with a declaration's file, with the line."""
    if isinstance(error, SyntaxError):
        place, line = Path(error.filename or path), error.lineno or 0
    else:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_declaration(frame.filename, path)]
        place, line = (Path(frames[-1].filename), frames[-1].lineno or 0) if frames else (path, 0)
    return BadDeclaration(place, line, type(error).__name__, str(error), "mend what Python cannot read there")


def _is_declaration(filename: str, path: Path) -> bool:
    return Path(filename) == path or _SPIDERS in Path(filename).parents


def _place(declared: type[Declared], attribute: str) -> tuple[Path, int]:
    """The file and line in which the attribute was given its value, else those of the class."""
    for cls in declared.__mro__:
        if cls is not declared and attribute not in vars(cls):
            continue
        try:
            path, first = Path(inspect.getfile(cls)), inspect.getsourcelines(cls)[1]
        except (OSError, TypeError):
            continue
        if attribute not in vars(cls):
            return (path, first) if not hasattr(declared, attribute) else _place_above(declared, attribute, path, first)
        return path, _line(path, cls.__name__, attribute) or first
    return Path(f"{declared.__module__}.py"), 0


def _place_above(declared: type[Declared], attribute: str, path: Path, first: int) -> tuple[Path, int]:
    """What a family declares is mended there; what nobody declares, in the newspaper's own file."""
    for cls in declared.__mro__[1:]:
        if attribute in vars(cls) and cls is not Declared:
            above = Path(inspect.getfile(cls))
            return above, _line(above, cls.__name__, attribute)
    return path, first


def _line(path: Path, name: str, attribute: str) -> int:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef) and node.name == name:
            for part in node.body:
                targets = part.targets if isinstance(part, ast.Assign) else [getattr(part, "target", None)]
                if any(isinstance(target, ast.Name) and target.id == attribute for target in targets):
                    return part.lineno
    return 0


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


# the checks: each yields a mend for what is wrong

Check = Callable[[Any, type[Declared]], Iterator[str]]


def _name(value: Any, declared: type[Declared]) -> Iterator[str]:
    hosts = {str(host).removeprefix("www.") for host in getattr(declared, "hosts", ())}
    # what no file declares is called by its host
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
    except Exception:  # ZoneInfo raises half a dozen kinds for a bad key
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
        for selector in value if isinstance(value, tuple) else [value]:
            if wrong := selector_fault(selector):
                yield f"{field.name}: {selector!r} is no CSS selector: {wrong}"
    if layout.body_script is not None:
        try:
            if re.compile(layout.body_script).groups != 1:
                yield "body_script: give a regular expression with one group"
        except re.error as error:
            yield f"body_script: give a regular expression: {error}"
    if layout.valid_from and layout.valid_until and layout.valid_from > layout.valid_until:
        yield "valid_from comes after valid_until: exchange them"


def selector_fault(selector: Any) -> str | None:
    """What is wrong with a CSS selector; None where nothing is."""
    if not isinstance(selector, str) or not selector.strip():
        return f"{selector!r} is no text"
    try:
        css2xpath(selector)
    except Exception as error:  # cssselect's own, and whatever its parser stumbles over
        return str(error) or type(error).__name__
    return None


def _delay(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not _LEAST_DELAY <= value <= 600:
        yield f"give seconds, {_LEAST_DELAY:g} to 600: a provincial server is small"


def _day(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if value is not None and type(value) is not date:
        yield "give the day of the saved pages that the rules were verified against: date(2026, 1, 8)"


def _switch(value: Any, _declared: type[Declared]) -> Iterator[str]:
    if not isinstance(value, bool):
        yield "give True or False"


_CHECKS: dict[str, Check] = {
    "name": _name,
    "title": _title,
    "province": _province,
    "provinces_before": _provinces_before,
    "hosts": _hosts,
    "former_hosts": _former_hosts,
    "time_zone": _time_zone,
    "family": _title,
    "sections": _sections,
    "article_pattern": _pattern,
    "section_pages": _selector,
    "paging": _paging,
    "feeds": _paths,
    "sitemaps": _paths,
    "layouts": _layouts,
    "delay": _delay,
    "needs_javascript": _switch,
    "verified": _day,
}
