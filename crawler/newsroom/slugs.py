"""Makes the slug of a title as the papers' CMSs do, faults included; decides nothing about addresses."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 100


def plain_slug(title: str) -> str:
    """Marks taken off, đ as d, everything else a hyphen, cut at a hundred characters even within a word."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
        if not unicodedata.combining(letter)
    )
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:LONGEST]


def broken_slug(title: str) -> str:
    """As a CMS makes it that meets a decomposed title: each mark becomes a hyphen ("lie-n-ke-t"), đ is dropped."""
    return re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFD", title.lower())).strip("-")[:LONGEST]


def moved_slug(title: str, moves: int) -> str:
    """The slug of an article's address after so many moves."""
    ending = "-ban-moi" if moves == 1 else f"-ban-moi-{moves}"
    return plain_slug(title)[: LONGEST - len(ending)].strip("-") + ending
