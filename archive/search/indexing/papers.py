"""What newspapers' profiles say: who is meant by a name or a title, the provinces, the sections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archive.errors import UnknownNewspaper
from archive.search.terms.document import key
from archive.search.terms.vietnamese import folded

Profiles = Mapping[str, Mapping[str, Any]]
"""The profile of each newspaper of a collection, by its name."""


def papers_named(typed: str, profiles: Profiles) -> list[str]:
    """The newspapers whose name or title is, or holds, what was typed.

    Raises:
        UnknownNewspaper: there is none.
    """
    sought = key(typed, "folded")
    titles = {name: key(str(profile.get("title") or name), "folded") for name, profile in profiles.items()}
    whole = [name for name, title in titles.items() if sought in (folded(name), title)]
    found = whole or [name for name, title in titles.items() if f" {sought} " in f" {title} "]
    if not found:
        raise UnknownNewspaper(typed, sorted(profiles))
    return found


def papers_of_province(name: str, profiles: Profiles) -> list[str]:
    """The newspapers of a province, by its name of today or before July 2025."""
    sought = key(name, "folded")
    return [
        paper
        for paper, profile in profiles.items()
        if any(key(one, "folded") == sought for one in (*province_of(profile), *provinces_before(profile)))
    ]


def province_of(profile: Mapping[str, Any]) -> tuple[str, ...]:
    """The province of today that a newspaper is of; none where it is not declared."""
    return (str(profile["province"]),) if profile.get("province") else ()


def provinces_before(profile: Mapping[str, Any]) -> tuple[str, ...]:
    """The provinces that a newspaper's province consisted of before July 2025."""
    return tuple(str(name) for name in profile.get("provinces_before") or ())


def declared_sections(profile: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Slug (its path without the outer slashes) and name of each section in a newspaper's profile."""
    return [(str(one["path"]).strip("/"), str(one["name"])) for one in profile.get("sections", ())]
