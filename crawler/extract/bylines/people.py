"""Reads names of persons from the authors of structured metadata."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import attrs

from crawler.extract.bylines.organisations import AGENCY, DESK, OFFICE
from crawler.extract.text import bare, fold

_OPENING = re.compile(
    r"^(?:(?:(?:written|reported|reporting|posted|published|translated|compiled|text|words|story|article)\s*(?:by|von|:)|"
    r"(?:story|text|words)\s+and\s+(?:photos?|pictures?)(?:\s+by)?|source(?=\s*:)|by|von|por|par|di|av|af|door|przez|de|text|"
    r"tekst|foto|bài|tin|tác giả|theo|bởi|author|autor|redaktion)\b\s*:?\s+|[•·|–—-]+\s*)+",
    re.IGNORECASE,
)
# What opens a line that signs a text: a word of _OPENING that no sentence begins with before a name.
_SIGNING = re.compile(
    r"(?:(?:written|reported|reporting|translated|compiled|story|text|words)\s+)?(?:by|von|par|por|door|przez)\b|"
    r"(?:(?:story|text|words)(?:\s+and\s+(?:photos?|pictures?))?|source)\s*:|(?:story|text|words)\s+and\s+(?:photos?|pictures?)\s+by\b",
    re.IGNORECASE,
)
_DASHED = re.compile(r"\s+[-–—]\s+")
_LONGEST_SIGNING = 80
_MOST_WORDS_OF_NAME = 4
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
        for name in _JOINTS.split(_DASHED.sub(", ", _OPENING.sub("", _unbracketed(fold(text)))))[:_MOST_NAMES]:
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


def _unbracketed(text: str) -> str:
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


def is_signing_line(text: str, is_set_right: bool) -> bool:
    """Whether a line signs a text in another language than Vietnamese: "By Le An", "(VNA)", and where it is set to the
    right names alone."""
    if not 0 < len(text) <= _LONGEST_SIGNING or text[-1] in ".!?:":
        return False
    said = _unbracketed(text)
    opening = _SIGNING.match(said)
    rest = _CLOSING.sub("", said[opening.end() :] if opening else said).strip()
    names = [name for part in _JOINTS.split(rest) for name in _DASHED.split(part)]
    if not (opening or is_set_right):
        return said != text and all(map(AGENCY.fullmatch, names))
    return all(map(_is_whole_name, names)) and (opening is not None or any(map(_is_of_several, names)))


def _is_whole_name(name: str) -> bool:
    return bool(AGENCY.fullmatch(name)) or (is_person(name) and len(name.split()) <= _MOST_WORDS_OF_NAME)


def _is_of_several(name: str) -> bool:
    """Whether a name has several words or is an agency's: a single word may be any."""
    return " " in name or AGENCY.fullmatch(name) is not None


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
