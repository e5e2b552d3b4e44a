"""Reads names of persons from the authors of structured metadata."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import attrs

from crawler.extract.bylines.organisations import AGENCY, DESK, OFFICE
from crawler.extract.text import bare, fold

_OPENING = re.compile(
    r"^(?:(?:(?:written|reported|posted|published|text|words|story|article)\s*(?:by|von|:)|by|von|por|par|di|av|af|door|przez|de|text|"
    r"tekst|foto|bài|tin|tác giả|theo|bởi|author|autor|redaktion)\b\s*:?\s+|[•·|–—-]+\s*)+",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\s*(?:[(\[][^)\]]{1,40}[)\]]|\s(?:기자|記者|特派員|記者團)|\s+(?:updated|published|aktualisiert|veröffentlicht)\b.*|"
    r"\s*[-–|]\s*(?:reporter|correspondent|journalist|editor|staff writer)\b.*)\s*$",
    re.IGNORECASE,
)
_JOINTS = re.compile(r"\s*(?:[,;|/•·、，]|\s&\s|\s\+\s|\s(?:and|und|y|et|og|och|und|e|en|và|i)\s)\s*", re.IGNORECASE)
_NO_NAME = re.compile(
    r"[@<>{}=:?!\d]|https?|www\.|\.(?:com|net|org|vn|de|fr|cz|uk|at|ch|es|it|is|no|se|tv)\b", re.IGNORECASE
)
_ACCOUNT = re.compile(
    r"^(?:admin(?:istrator)?|webmaster|editor|editors|root|user|test|author|guest|staff|system|super\s*user|anonymous|unknown|cms|"
    r"contributor|default|nguoi dung|quan tri|bien tap vien|btv|pv|ctv)\w*$"
)
_ROLE = re.compile(
    r"(?:\w*(?:journalist|reporter|redakteur|korrespondent|correspondent|columnist|fotograf|photographer)\w*)(?:\s.*)?",
    re.IGNORECASE,
)
# Words of buttons, which stand in elements named for the author as well.
_BUTTONS = frozenset(
    ("copylink", "share", "sharelink", "follow", "readmore", "saochep", "chiase", "theodoi", "guibinhluan")
)
# fmt: off
_PARTICLES = frozenset((
    "de", "del", "della", "di", "da", "das", "do", "dos", "du", "des", "la", "le", "van", "von", "vom", "zu", "zur",
    "der", "den", "ter", "ten", "af", "av", "bin", "ibn", "al", "el", "y", "e", "i", "dela", "d'", "o'", "und",
))
# fmt: on
_MOST_NAMES = 30
_LONGEST = 60


@attrs.frozen
class People:
    """Persons, the agencies that stood among them, and everyone in order, desks of the newspaper included."""

    persons: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    credited: tuple[str, ...] = ()


def read_people(texts: Iterable[str], own_names: Collection[str] = ()) -> People:
    """The persons in texts that name authors; `own_names` are the newspaper's, as `bare` gives them."""
    persons: dict[str, str] = {}
    agencies: dict[str, str] = {}
    credited: dict[str, str] = {}
    for text in texts:
        for name in _JOINTS.split(_OPENING.sub("", fold(text)))[:_MOST_NAMES]:
            name = _CLOSING.sub("", _OPENING.sub("", name)).strip(" .,-–—|:•·\"'“”")
            if not name or bare(name) in own_names:
                continue
            if AGENCY.fullmatch(name):
                agencies.setdefault(bare(name), name)
                credited.setdefault(bare(name), name)
            elif DESK.fullmatch(name):
                credited.setdefault(bare(name), name)
            elif is_person(name):
                persons.setdefault(bare(name), name)
                credited.setdefault(bare(name), name)
    if any(" " in name for name in persons.values()):
        # beside whole names a single word is a place or a role: "Anna Berg, Hamburg"
        places = {key for key, name in persons.items() if " " not in name and name.isascii()}
        persons = {key: name for key, name in persons.items() if key not in places}
        credited = {key: name for key, name in credited.items() if key not in places}
    return People(tuple(persons.values()), tuple(agencies.values()), tuple(credited.values()))


def is_credit(name: str) -> bool:
    """Whether an organisation's name is one that papers credit: an agency or a desk, no newspaper."""
    return bool(AGENCY.fullmatch(name) or DESK.fullmatch(name))


def is_person(name: str) -> bool:
    """Whether a text may be a person's name: short, no address, no digit, no office, no account, no sentence."""
    words = name.split()
    if not 1 < len(name) <= _LONGEST or len(words) > 6 or _NO_NAME.search(name) or _ACCOUNT.match(bare(name)):
        return False
    if bare(name) in _BUTTONS:
        return False
    if OFFICE.search(name) or not any(letter.isalpha() for letter in name) or _ROLE.fullmatch(name):
        return False
    return all(not word[0].islower() or word.casefold() in _PARTICLES for word in words) and not words[0][0].islower()
