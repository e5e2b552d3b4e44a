"""Whether an element sets its text smaller than the rest of a page."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

_SIZE = re.compile(
    r"font-size\s*:\s*(?:(?P<named>xx-small|x-small|small|smaller)\b|(?P<size>\d{1,3}(?:\.\d{1,4})?|\.\d{1,4})\s*(?P<unit>px|pt|r?em|%))",
    re.IGNORECASE,
)
_SMALLER_THAN = {"px": 13.5, "pt": 10.5, "em": 0.95, "rem": 0.95, "%": 95}
_OF_FONT = frozenset(("1", "2", "-1", "-2"))


def is_small(tag: str, given: Mapping[str, str]) -> bool:
    """Whether an element with these attributes says so: the size of a `font` element, or its style."""
    if tag == "font" and given.get("size", "").strip() in _OF_FONT:
        return True
    style = given.get("style")
    return bool(style) and _is_small_style(style)


@functools.lru_cache(maxsize=1024)
def _is_small_style(style: str) -> bool:
    found = _SIZE.search(style)
    if found is None:
        return False
    return bool(found["named"]) or float(found["size"]) < _SMALLER_THAN[found["unit"].lower()]
