"""The articles that an address may be of, by what the newspapers' profiles say of their hosts and addresses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from archive.identity import address_key, article_id, plain_host, plain_target

_OWN = ("hosts", "former_hosts", "adopted")
_ADDRESS = re.compile(r"https?://\S{4,2000}")


def articles_at(typed: str, profiles: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The ids that articles at an address would have, on present and on former hosts and by former schemes; none where
    what was typed is no address, or on no newspaper's host.
    """
    if not _ADDRESS.fullmatch(typed):
        return []
    try:
        parts = urlsplit(typed)
        host = plain_host(parts.hostname or "")
    except ValueError:
        return []
    return [
        one
        for name, profile in profiles.items()
        if host in _hosts(profile) and _is_edition(profile, parts.path + "/")
        for one in _ids(name, profile, typed)
    ]


def _hosts(profile: Mapping[str, Any]) -> set[str]:
    return {plain_host(str(host)) for key in _OWN for host in profile.get(key) or ()}


def _is_edition(profile: Mapping[str, Any], path: str) -> bool:
    own, other = (tuple(map(str, profile.get(key) or ())) for key in ("paths", "other_paths"))
    return path.startswith(own or "/") and not (other and path.startswith(other))


def _ids(name: str, profile: Mapping[str, Any], url: str) -> Iterator[str]:
    try:
        own = article_id(str(profile.get("article_pattern") or "(?!)"), plain_target(url))
    except re.error:  # a profile is data
        own = None
    for one in (name, *map(str, profile.get("adopted") or ())):
        yield from _named(one, own, url)


def _named(name: str, own: str | None, url: str) -> Iterator[str]:
    if own:
        yield f"{name}:{own}"
    for address in dict.fromkeys((address_key(url), url)):
        yield f"{name}:~{hashlib.sha256(address.encode()).hexdigest()[:16]}"
