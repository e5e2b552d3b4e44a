"""Which pictures and captions of two readings are the same, whatever address, size and place the page gives them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

from archive.article import Article, Image
from archive.changes.printed_text import Words, are_alike, names_in, words_of

Pieces: TypeAlias = frozenset[frozenset[str]]
"""Of each piece of a body the words that `names_in` finds."""

_ENDING = re.compile(r"(?:\.(?:jpe?g|png|gif|webp|avif|bmp|jfif|tiff?|ashx|aspx|php))+$")
_SIZE = (
    r"(?:\d{2,4}x\d{0,4}|x\d{2,4}|[wh]_?\d{2,4}|\d{2,4}w|thumb(?:nail)?s?|small|medium|large|scaled|resized?"
    r"|crop(?:ped)?|full)"
)
_SIZE_AT_END = re.compile(rf"(?:[-_.@](?:{_SIZE}|[234]x))+$")
_SIZE_AT_START = re.compile(rf"^(?:{_SIZE}[-_])+")
_SIZE_FOLDER = re.compile(rf"^(?:(?:resize|zoom|crop|fit|thumb)[-_,]?)?(?:{_SIZE}|\d{{2,4}}[_,]\d{{2,4}})(?:[-_,].*)?$")
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp|jfif)\b", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
# A shorter name may be that of many files: "1", "image001"
_TELLING = 9


def _names(url: str) -> tuple[str, tuple[str, ...]]:
    """A picture file's name without ending and size, and the folders that are no sizes."""
    parts = urlsplit(url)
    path = next((value for _, value in parse_qsl(parts.query) if _FILE.search(value)), parts.path)
    *folders, name = unquote(path).lower().split("/")
    name = _SIZE_AT_START.sub("", _SIZE_AT_END.sub("", _ENDING.sub("", name)))
    return name, tuple(folder for folder in folders if folder and not _SIZE_FOLDER.match(folder))


def _digest(image: Image) -> str | None:
    return image.capture.payload_digest if image.capture is not None else None


def is_same_picture(one: Image, other: Image) -> bool:
    """Whether two pictures are the same: by address, by payload, or by a file's name that only sizes part."""
    if one.url == other.url or (_digest(one) is not None and _digest(one) == _digest(other)):
        return True
    (name, folders), (other_name, other_folders) = _names(one.url), _names(other.url)
    if name != other_name or not name:
        return False
    return len(name) >= _TELLING or folders[-2:] == other_folders[-2:]


def _shape(url: str) -> tuple[str | None, str]:
    """Host and folders of an address, numbers left out: how a site addresses its pictures."""
    parts = urlsplit(url)
    return parts.hostname, _NUMBERS.sub("0", parts.path.rpartition("/")[0])


def without_pair(ones: Sequence[Image], others: Sequence[Image]) -> list[Image]:
    """Those of `ones` that are none of `others`."""
    left = list(others)
    found = []
    for one in ones:
        same = next((index for index, other in enumerate(left) if is_same_picture(one, other)), None)
        if same is None:
            found.append(one)
        else:
            del left[same]
    return found


def have_pictures_changed(former: Article, later: Article, *, is_same_layout: bool) -> bool:
    """Whether pictures were added, removed or swapped.

    In another layout a picture more or less is the layout's; where all of them have addresses of another kind, they are
    the former ones under new addresses.
    """
    gone, come = without_pair(former.images, later.images), without_pair(later.images, former.images)
    if is_same_layout:
        return bool(gone or come)
    if not gone or not come:
        return False
    shapes = {_shape(image.url) for image in gone}
    return any(_shape(image.url) in shapes for image in come)


def _caption(image: Image) -> Words:
    return words_of(image.printed or " ".join(part for part in (image.caption, image.credit) if part))


def _forms(image: Image) -> Iterator[frozenset[str]]:
    """What a caption says, with its credit and without it."""
    yield names_in(image.printed)
    yield names_in(" ".join(part for part in (image.caption, image.credit) if part))
    yield names_in(image.caption)


def _say_the_same(one: Image, other: Image, *, is_same_layout: bool) -> bool:
    if are_alike(_caption(one), _caption(other)):
        return True
    if (one.caption or one.printed) and are_alike(words_of(one.caption), words_of(other.caption)):
        # who took it is printed in one layout, and not in the other
        taken = names_in(one.credit), names_in(other.credit)
        return taken[0] == taken[1] or (not is_same_layout and not all(taken))
    return bool({form for form in _forms(one) if form} & {form for form in _forms(other) if form}) and _is_reordered(
        one, other
    )


def _is_reordered(one: Image, other: Image) -> bool:
    """Whether two captions have the same words, the credit at another place or labelled otherwise."""
    words = [sorted(word.casefold() for word in _caption(image) if names_in(word)) for image in (one, other)]
    return words[0] == words[1]


def have_captions_changed(
    former: Article, later: Article, pieces: tuple[Callable[[], Pieces], Callable[[], Pieces]], *, is_same_layout: bool
) -> bool:
    """Whether captions or credits differ.

    Args:
        pieces: the words of the bodies of the two, piece by piece: a caption may stand there as a paragraph.
    """
    left = [image for image in later.images if _caption(image)]
    gone = []
    for image in former.images:
        if not _caption(image):
            continue
        same = next((one for one in left if _say_the_same(image, one, is_same_layout=is_same_layout)), None)
        if same is None:
            gone.append(image)
        else:
            left.remove(same)
    gone = _not_among(gone, pieces[1])
    come = _not_among(left, pieces[0])
    if is_same_layout:
        return bool(gone or come) or _are_swapped(former, later)
    return bool(gone and come)


def _not_among(images: list[Image], pieces: Callable[[], Pieces]) -> list[Image]:
    """Those whose captions are no paragraphs."""
    if not images:
        return images
    said = pieces()
    return [image for image in images if not any(form in said for form in _forms(image) if form)]


def _are_swapped(former: Article, later: Article) -> bool:
    """Whether captions have changed places between pictures."""
    for image in former.images:
        same = [one for one in later.images if is_same_picture(image, one)]
        said = _caption(image)
        if len(same) == 1 and said and _caption(same[0]) and not _say_the_same(image, same[0], is_same_layout=True):
            return True
    return False
