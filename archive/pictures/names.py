"""What a picture is called in addresses, commands and citations."""

from __future__ import annotations

import base64
import hashlib
import re

from archive.warc.digests import normal_form

_NAME = re.compile(r"[a-z2-7]{16}")
_LENGTH = 16


def name_of(payload_digest: str) -> str:
    """The first 16 signs of a payload digest in base 32, in small letters, however the digest is written."""
    form = normal_form(payload_digest.encode())
    value = form[1] if form is not None else base64.b32encode(hashlib.sha256(payload_digest.encode()).digest())
    return value[:_LENGTH].decode().lower()


def is_name(text: str) -> bool:
    """Whether a picture could be called so."""
    return _NAME.fullmatch(text) is not None
