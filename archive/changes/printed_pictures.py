"""Which pictures and captions of two readings are the same, whatever address, size and place the page gives them."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

import attrs

from archive.article import Article, Image
from archive.changes.printed_text import Words, are_alike, names_in, unlabelled, words_of

Pieces: TypeAlias = frozenset[frozenset[str]]
"""Of each piece of a body the words that `names_in` finds."""

_ENDING = re.compile(r"(?:\.(?:jpe?g|png|gif|webp|avif|bmp|jfif|tiff?|ashx|aspx|php))+$")
_SIZE = (
    r"(?:\d{2,4}x\d{0,4}|x\d{2,4}|[wh]_?\d{2,4}|\d{2,4}w|thumb(?:nail)?s?|small|medium|large|scaled|resized?"
    r"|crop(?:ped)?|full)"
)
# Joomla's K2 names the sizes of a picture so, behind a hash
_SIZE_AT_END = re.compile(rf"(?:[-_.@](?:{_SIZE}|[234]x))+$|(?<=[0-9a-f]{{32}})_(?:xs|s|m|l|xl|generic)$")
_SIZE_AT_START = re.compile(rf"^(?:{_SIZE}[-_])+")
_SIZE_FOLDER = re.compile(rf"^(?:(?:resize|zoom|crop|fit|thumb)[-_,]?)?(?:{_SIZE}|\d{{2,4}}[_,]\d{{2,4}})(?:[-_,].*)?$")
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp|jfif)\b", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
# A shorter name may be that of many files: "1", "image001"
_TELLING = 9
# Characters at the end of an address in which sizes are looked for
_LONGEST_NAME = 250
# Captions of either side that are held against each other; of more only those are paired that are alike word for word
_MOST_CAPTIONS = 200


def file_of(url: str) -> tuple[str, tuple[str, ...]]:
    """A picture file's name without ending and size, and the two last folders that are no sizes."""
    try:
        parts = urlsplit(url)
        path = next((value for _, value in parse_qsl(parts.query) if _FILE.search(value)), parts.path)
    except ValueError:
        path = url
    *folders, last = unquote(path).lower().split("/")
    kept, name = last[:-_LONGEST_NAME], last[-_LONGEST_NAME:]
    name = _SIZE_AT_START.sub("", kept + _SIZE_AT_END.sub("", _ENDING.sub("", name)))
    near = (folder for folder in reversed(folders) if folder and not _SIZE_FOLDER.match(folder))
    return name, tuple(itertools.islice(near, 2))


def _digest(image: Image) -> str | None:
    return image.capture.payload_digest if image.capture is not None else None


def _keys(image: Image, *, is_same_layout: bool) -> Iterator[tuple[object, ...]]:
    """What tells a picture: its address, its payload, or its file's name that only sizes part. Two that share one of
    them are the same, unless one of them took the other's place under that address.

    In one layout a file of the same name and other bytes in another folder is another one.
    """
    yield "url", image.url, image.exchanged
    if (digest := _digest(image)) is not None:
        yield "digest", digest
    name, folders = file_of(image.url)
    if name:
        yield "file", name, folders, image.exchanged
    if len(name) >= _TELLING and not (is_same_layout and digest is not None):
        yield "name", name, image.exchanged


def _shape(url: str) -> tuple[str | None, str]:
    """Host and folders of an address, numbers left out: how a site addresses its pictures."""
    try:
        parts = urlsplit(url)
        return parts.hostname, _NUMBERS.sub("0", parts.path.rpartition("/")[0])
    except ValueError:
        return None, _NUMBERS.sub("0", url.rpartition("/")[0])


def _places(images: Sequence[Image], *, is_same_layout: bool) -> dict[tuple[object, ...], list[int]]:
    """By each key the places of the images that have it."""
    places: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for nth, image in enumerate(images):
        for key in _keys(image, is_same_layout=is_same_layout):
            places[key].append(nth)
    return places


def _without_pair(ones: Sequence[Image], others: Sequence[Image], *, is_same_layout: bool) -> list[Image]:
    """Those of `ones` that are none of `others`."""
    registered = _places(others, is_same_layout=is_same_layout)
    for nth, other in enumerate(others):
        registered["captured" if other.capture else "bare", other.url].append(nth)
    left = {key: iter(found) for key, found in registered.items()}
    taken: set[int] = set()
    found = []
    for one in ones:
        # whether a picture that was not captured took another's place is not known
        keys = (*_keys(one, is_same_layout=is_same_layout), ("bare" if one.capture else "captured", one.url))
        places = (nth for key in keys for nth in left.get(key, ()) if nth not in taken)
        same = next(places, None)
        if same is None:
            found.append(one)
        else:
            taken.add(same)
    return found


def have_pictures_changed(former: Article, later: Article, *, is_same_layout: bool) -> bool:
    """Whether pictures were added, removed or swapped.

    In another layout a picture more or less is the layout's; where all of them have addresses of another kind, they are
    the former ones under new addresses.
    """
    gone = _without_pair(former.images, later.images, is_same_layout=is_same_layout)
    come = _without_pair(later.images, former.images, is_same_layout=is_same_layout)
    if is_same_layout:
        return bool(gone or come)
    if not gone or not come:
        return False
    shapes = {_shape(image.url) for image in gone}
    return any(_shape(image.url) in shapes for image in come)


@attrs.frozen
class _Caption:
    """What is printed beside a picture: its words, those without the credit, who took it, and without labels."""

    image: Image
    words: Words
    bare: Words
    taken: frozenset[str]
    unlabelled: Words
    forms: frozenset[frozenset[str]]

    @classmethod
    def of(cls, image: Image) -> _Caption:
        words = words_of(image.printed or " ".join(part for part in (image.caption, image.credit) if part))
        forms = frozenset(form for form in _forms(image) if form)
        return cls(image, words, words_of(image.caption), names_in(image.credit), unlabelled(words), forms)

    def says_the_same(self, other: _Caption, *, is_same_layout: bool) -> bool:
        """Whether two captions say the same, wherever and however each names who took the picture."""
        if are_alike(self.words, other.words):
            return True
        if (self.bare or self.words) and are_alike(self.bare, other.bare):
            # who took it is printed in one layout, and not in the other
            return self.taken == other.taken or (not is_same_layout and not (self.taken and other.taken))
        return not self.forms.isdisjoint(other.forms) and _is_turned(self.unlabelled, other.unlabelled)


def _forms(image: Image) -> Iterator[frozenset[str]]:
    """What a caption says, with its credit and without it."""
    yield names_in(image.printed)
    yield names_in(" ".join(part for part in (image.caption, image.credit) if part))
    yield names_in(image.caption)


def _is_turned(one: Words, other: Words) -> bool:
    """Whether two texts have the same words in the same order, but what opens one of them may close the other."""
    return len(one) == len(other) and f" {' '.join(one)} " in f" {' '.join(other + other)} "


def have_captions_changed(
    former: Article, later: Article, pieces: tuple[Callable[[], Pieces], Callable[[], Pieces]], *, is_same_layout: bool
) -> bool:
    """Whether captions or credits differ.

    Args:
        pieces: the words of the bodies of the two, piece by piece: a caption may stand there as a paragraph.
    """
    ones, others = ([one for one in map(_Caption.of, article.images) if one.words] for article in (former, later))
    gone, come = _without_alike(ones, others, is_same_layout=is_same_layout)
    gone, come = _not_among(gone, pieces[1]), _not_among(come, pieces[0])
    if is_same_layout:
        return bool(gone or come) or _are_swapped(ones, others)
    return bool(gone and come)


def _without_alike(
    ones: list[_Caption], others: list[_Caption], *, is_same_layout: bool
) -> tuple[list[_Caption], list[_Caption]]:
    """The captions of either side that the other does not have."""
    by_words: defaultdict[Words, list[_Caption]] = defaultdict(list)
    for one in reversed(others):
        by_words[one.words].append(one)
    gone = []
    for one in ones:
        if by_words[one.words]:
            by_words[one.words].pop()
        else:
            gone.append(one)
    come = [one for same in by_words.values() for one in reversed(same)]
    if max(len(gone), len(come)) > _MOST_CAPTIONS:
        return gone, come
    kept = []
    for one in gone:
        same = next((other for other in come if one.says_the_same(other, is_same_layout=is_same_layout)), None)
        if same is None:
            kept.append(one)
        else:
            come.remove(same)
    return kept, come


def _not_among(captions: list[_Caption], pieces: Callable[[], Pieces]) -> list[_Caption]:
    """Those that are no paragraphs."""
    if not captions:
        return captions
    said = pieces()
    return [one for one in captions if one.forms.isdisjoint(said)]


def _are_swapped(ones: Sequence[_Caption], others: Sequence[_Caption]) -> bool:
    """Whether captions have changed places between pictures."""
    places = _places([one.image for one in others], is_same_layout=True)
    for one in ones:
        same = {nth for key in _keys(one.image, is_same_layout=True) for nth in places.get(key, ())[:2]}
        if len(same) == 1 and not one.says_the_same(others[same.pop()], is_same_layout=True):
            return True
    return False
