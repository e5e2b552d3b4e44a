"""What a key of baotinh.toml or schedule.toml may hold: how it is read, written, and described in a JSON Schema."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from archive.durations import format_duration

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONGEST = 999_999 * 86_400
_OCTETS = {"B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_OCTETS |= {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_SIZE = r"[0-9]{1,18} ?B|[0-9]{1,9}(?:\.[0-9]{1,3})? ?(?:kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)"
_MOST_OCTETS = 2**62


@attrs.frozen(kw_only=True)
class Kind:
    """What a key may hold.

    `read` takes a value of TOML and raises ValueError where it is not allowed; `read_text` takes the text of an
    environment variable likewise; `show` writes a value as text that `read_text` takes; `mend` says what to write.
    """

    mend: str
    schema: Mapping[str, Any]
    read: Callable[[Any], Any]
    read_text: Callable[[str], Any]
    show: Callable[[Any], str] = str
    is_path: bool = False


def _of_text(mend: str, pattern: str, read: Callable[[str], Any] = str, show: Callable[[Any], str] = str) -> Kind:
    """Text of a pattern, which the schema has too; `read` may refuse more."""

    def of(value: Any) -> Any:
        if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
            raise ValueError(value)
        return read(value)

    return Kind(mend=mend, schema={"type": "string", "pattern": f"^(?:{pattern})$"}, read=of, read_text=of, show=show)


def text(mend: str, pattern: str = r"[^\x00-\x1f\x7f]+") -> Kind:
    """Text that matches a pattern as a whole."""
    return _of_text(mend, pattern)


def whole(least: int, most: int, mend: str = "") -> Kind:
    """A whole number between two bounds."""

    def of(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(value)
        if not least <= value <= most or value != int(value):
            raise ValueError(value)
        return int(value)

    def of_text(said: str) -> int:
        return of(int(said)) if re.fullmatch(r"[0-9]{1,18}", said) else of(said)

    return Kind(
        mend=mend or f"a whole number from {least} to {most}",
        schema={"type": "integer", "minimum": least, "maximum": most},
        read=of,
        read_text=of_text,
    )


def switch() -> Kind:
    """True or false; 1 or 0 in the environment."""

    def of(value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(value)
        return value

    def of_text(said: str) -> bool:
        return {"0": False, "1": True, "false": False, "true": True}[said]

    return Kind(
        mend="true or false (0 or 1 in the environment)", schema={"type": "boolean"}, read=of, read_text=of_text,
        show=lambda value: "true" if value else "false",
    )  # fmt: skip


def choice(*values: str) -> Kind:
    """One of several words."""
    return _of_text(" or ".join(f'"{value}"' for value in values), "|".join(map(re.escape, values)))


def duration(least: float, example: str, *words: str, mend: str = "") -> Kind:
    """A span of time of at least so many seconds, `"90s"`, `"30m"`, `"1d"` or a number of seconds; or one of `words`.

    Read as a timedelta; a word as None.
    """
    numbered = "|".join(f"{_at_least(math.ceil(least / size))} ?{unit}" for unit, size in _UNITS.items())
    pattern = rf"\s*(?:(?=[0-9]{{1,6}} ?[smhd])(?:{numbered}))\s*"
    pattern = "|".join([pattern, *map(re.escape, words)])

    def of(value: Any) -> timedelta | None:
        if isinstance(value, str):
            if value in words:
                return None
            if re.fullmatch(pattern, value) is None:
                raise ValueError(value)
            number, unit = value.strip()[:-1], value.strip()[-1]
            return timedelta(seconds=int(number) * _UNITS[unit])
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= _LONGEST:
            raise ValueError(value)
        return timedelta(seconds=value)

    def of_text(said: str) -> timedelta | None:
        return of(float(said)) if re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", said) else of(said)

    number = {"type": "number", "minimum": least, "maximum": _LONGEST}
    said = "".join(f', or "{word}"' for word in words)
    floor = f" of at least {format_duration(timedelta(seconds=least))}" if least >= 1 else ""
    return Kind(
        mend=mend or f'a duration{floor}, such as "{example}", or a number of seconds{said}',
        schema={"anyOf": [number, {"type": "string", "pattern": f"^(?:{pattern})$"}]},
        read=of,
        read_text=of_text,
        show=lambda value: words[0] if value is None else _written(value),
    )


def _written(span: timedelta) -> str:
    seconds = span.total_seconds()
    return format_duration(span) if seconds == int(seconds) else f"{seconds:g}"


def _at_least(number: int) -> str:
    """A pattern of the whole numbers from `number` on, with zeros before them or not."""
    digits = str(number)
    if number == 0:
        return "[0-9]+"
    parts = [digits, rf"[1-9][0-9]{{{len(digits)},}}"]
    for place, digit in enumerate(digits):
        if digit != "9":
            parts.append(f"{digits[:place]}[{int(digit) + 1}-9]" + rf"[0-9]{{{len(digits) - place - 1}}}")
    return f"0*(?:{'|'.join(parts)})"


def size(example: str) -> Kind:
    """A number of bytes, or text such as `"64 MiB"`."""

    def of(value: Any) -> int:
        if isinstance(value, str):
            if re.fullmatch(_SIZE, value) is None:
                raise ValueError(value)
            number = re.match(r"[0-9.]+", value)
            assert number is not None
            return round(float(number[0]) * _OCTETS[value[number.end() :].strip()])
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(value)
        if not 0 <= value <= _MOST_OCTETS or value != int(value):
            raise ValueError(value)
        return int(value)

    def of_text(said: str) -> int:
        return of(int(said)) if re.fullmatch(r"[0-9]{1,18}", said) else of(said)

    number = {"type": "integer", "minimum": 0, "maximum": _MOST_OCTETS}
    return Kind(
        mend=f'a size, such as "{example}", or a whole number of bytes',
        schema={"anyOf": [number, {"type": "string", "pattern": f"^(?:{_SIZE})$"}]},
        read=of,
        read_text=of_text,
        show=_octets,
    )


def _octets(number: int) -> str:
    for unit in ("TiB", "GiB", "MiB", "KiB", "TB", "GB", "MB", "kB"):
        if number and number % _OCTETS[unit] == 0:
            return f"{number // _OCTETS[unit]} {unit}"
    return str(number)


def hours() -> Kind:
    """A part of the day, `"22:00-05:30"`; `""` or `"off"` for none."""
    pattern = r"(?:[01][0-9]|2[0-3]):[0-5][0-9] ?- ?(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)|off|"
    return _of_text(
        'a span such as "06:00-08:30", or "off"', pattern, lambda said: "" if said == "off" else said.replace(" ", ""),
        lambda value: value or "off",
    )  # fmt: skip


def path(mend: str) -> Kind:
    """A path; a relative one of the file begins at the file's folder."""
    said = text(mend)
    return attrs.evolve(said, read=lambda value: Path(said.read(value)), read_text=Path, is_path=True)


def time_zone() -> Kind:
    """The name of a time zone."""
    return _of_text(
        'the name of a time zone, such as "Asia/Ho_Chi_Minh"', r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*",
        lambda said: ZoneInfo(said).key,
    )  # fmt: skip


def names(mend: str, pattern: str = r"[\s\S]+") -> Kind:
    """A text or a list of texts, each once; read as a tuple."""

    def of(value: Any) -> tuple[str, ...]:
        said = [value] if isinstance(value, str) else value
        if not isinstance(said, list) or not said:
            raise ValueError(value)
        if not all(isinstance(one, str) and re.fullmatch(pattern, one) for one in said):
            raise ValueError(value)
        return tuple(dict.fromkeys(said))

    one = {"type": "string", "pattern": f"^(?:{pattern})$"}
    return Kind(
        mend=mend,
        schema={"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]},
        read=of,
        read_text=lambda said: of(said.split(",")),
        show=", ".join,
    )


def day() -> Kind:
    """A day, as a date of TOML or as text."""

    def of(value: Any) -> date:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value)
        if isinstance(value, datetime) or not isinstance(value, date):
            raise ValueError(value)
        return value

    return Kind(mend="a day: 2025-07-01", schema={"type": "string", "format": "date"}, read=of, read_text=of)
