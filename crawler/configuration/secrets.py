"""Keeps passwords and tokens out of what is printed."""

from __future__ import annotations

import re
from typing import Any

_USER = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^/\s]*@")
_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/\s@]*@)?(?P<host>[^/\s?#@]+)")
_SHORTENED = 60
HIDDEN = "…"
SECRET_VARIABLES = frozenset({"BAOTINH_SMTP_PASSWORD", "BAOTINH_WEBHOOK_TOKEN"})


def shown(text: str, *, is_secret: bool) -> str:
    """A value as it may be printed: no user and password of an address, and of a secret one only its host."""
    if is_secret:
        found = _HOST.match(text)
        return f"{text.partition('://')[0]}://{found['host']}/{HIDDEN}" if found else HIDDEN
    return _USER.sub(rf"\g<scheme>{HIDDEN}@", text)


def refused(value: Any, *, is_secret: bool) -> str:
    """A value that is not allowed, as an error may say it."""
    if is_secret:
        return "what it is"
    text = shown(repr(value), is_secret=False)
    return text if len(text) <= _SHORTENED else text[: _SHORTENED - 3] + "..."
