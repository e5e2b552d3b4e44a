"""The code or place that a paper prints before its first words, such as "(CTO) - "; takes none of them away."""

from __future__ import annotations

import re

_CODE = re.compile(
    r"\(\s*(?P<code>[A-ZĐ]{2,8}(?:[-.][A-Za-zĐđ]{1,10})?|[A-Za-zĐđ]+\.vn|"
    r"TTXVN(?:\s*/\s*[\w+]+)?|Dân [Tt]rí|Tổ [Qq]uốc)\s*\)\s*[-–—:.]?\s*"
    r"|(?P<plain>[A-ZĐ]{2,6}|TTXVN)\s*[-–—]\s+(?=[A-ZĐÂĂÊÔƠƯ])"
    r"|(?P<place>[A-ZĐÀ-Ỹ][\w'.]*(?:\s[A-ZĐÀ-Ỹ][\w'.]*){0,3}),\s*(?:ngày\s+)?\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?\s*[-–—(]"
)


def dateline_of(text: str | None) -> str | None:
    """The dateline that a folded text opens with: "CTO" of "(CTO) - Ngày 8-1, ..."."""
    found = _CODE.match(text) if text else None
    return next((part for part in found.groups() if part), None) if found else None
