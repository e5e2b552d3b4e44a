"""Reads printed Vietnamese bylines: persons, roles and agencies.

A byline is parted at labels ("Bài:", "Ảnh:", "Theo"), then at commas, dashes, slashes and "và"; each name is a person,
a desk (PV, Ban Biên tập), an agency or paper that it was taken from, or the newspaper itself, of which nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

import attrs

from archive.article import Contributor, Role
from crawler.extract.bylines.names import PLACES, is_vietnamese_name
from crawler.extract.bylines.organisations import (
    NATIONAL_PAPER,
    NEWSPAPER,
    VIETNAMESE_AGENCY,
    VIETNAMESE_DESK,
    VIETNAMESE_OFFICE,
)
from crawler.extract.bylines.vocabulary import (
    CODE,
    LABEL,
    NAME_JOINTS,
    ONLY_TITLE,
    STRONG_JOINTS,
    TITLE,
    VOWEL,
    WROTE,
    is_code,
    may_be_name,
    tidied,
)
from crawler.extract.text import bare

_COLLECTED = re.compile(
    r"[(\[]\s*(?:st|dịch|t/?h)\s*[)\]]\s*$|[(\[\s]*\b(?:tổng\s+hợp|tổng\s+thuật|sưu\s+tầm|biên\s+soạn|lược\s+dịch|biên\s+dịch|"
    r"(?<=\s)dịch)\b(?:\s+từ\b)?[)\].\s]*$",
    re.IGNORECASE,
)
_COLLECTED_FROM = re.compile(
    r"(?:^|[(\[])\s*(?:tổng\s+hợp|tổng\s+thuật|lược\s+dịch|biên\s+dịch|dịch)\s+(?:từ|theo)\s+(?P<sources>[^)\]]+)[)\]]?\s*$",
    re.IGNORECASE,
)
_JOINTS = re.compile(r"\s*(?:[,;|&/]|\s[-–—+]\s|\s+và\s+)\s*", re.IGNORECASE)
_TIGHT_DASH = re.compile(r"(?<!\bPT)(?<!\bTH)(?<=[^\W\d_]{2})[-–—](?=[^\W\d_]{2})")


@attrs.frozen
class Byline:
    """A byline and what it says; `authors` wrote or collected, those who only took pictures are contributors."""

    printed: str
    authors: tuple[str, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    source: str | None = None

    @classmethod
    def of_writers(cls, printed: str, writers: Sequence[str], agencies: Sequence[str] = ()) -> Byline:
        """A byline whose persons all wrote."""
        people = tuple(Contributor(name=name, role="text") for name in writers)
        return cls(printed, tuple(writers), people, ", ".join(agencies) or None)

    def with_end(self, end: Byline) -> Byline:
        """This byline, with what the one at the text's end adds: photographers and where the text is from.

        Where the two name different writers, those at the end wrote it.
        """
        if end.authors and not set(end.authors) <= set(self.authors):
            return attrs.evolve(end, source=end.source or self.source)
        lines = [self.printed, end.printed]
        said = [bare(line) for line in lines]
        lines = [line for line in lines if line and not any(bare(line) in one and bare(line) != one for one in said)]
        return attrs.evolve(
            self,
            printed="; ".join(dict.fromkeys(lines)) or end.printed,
            contributors=tuple(dict.fromkeys((*self.contributors, *end.contributors))),
            source=", ".join(dict.fromkeys(filter(None, (self.source, end.source)))) or None,
        )


def read_byline(printed: str, own_names: Collection[str] = ()) -> Byline:
    """Read a folded byline; `own_names` are the newspaper's own, as `bare` gives them."""
    printed = _without_address(printed)
    people: list[tuple[str, Role]] = []
    desks: list[tuple[str, Role]] = []
    sources: list[str] = []
    for part, roles, is_origin in _parts(tidied(printed)):
        for name in _names(part, is_origin):
            if bare(name) in own_names or not bare(name):
                continue
            if (
                VIETNAMESE_AGENCY.fullmatch(name)
                or NEWSPAPER.fullmatch(name)
                or NATIONAL_PAPER.fullmatch(name)
                or (is_origin and not is_vietnamese_name(name))
            ):
                sources.append(name)
            elif VIETNAMESE_DESK.fullmatch(name):
                desks.extend((name, role) for role in roles)
            elif not VIETNAMESE_OFFICE.fullmatch(name) and may_be_name(name):
                people.extend((as_name(name), role) for role in roles)
    authors = [name for name, role in people if role != "photo"]
    everyone = dict.fromkeys([*people, *desks])
    return Byline(
        printed=printed,
        authors=tuple(dict.fromkeys(authors)),
        contributors=tuple(Contributor(name=name, role=role) for name, role in everyone),
        source=", ".join(dict.fromkeys(sources)) or None,
    )


def _without_address(printed: str) -> str:
    """The byline without the street and province behind an agency: "TTXVN - Lý Thường Kiệt, Hà Nội"."""
    names = NAME_JOINTS.split(printed)
    if len(names) > 2 and VIETNAMESE_AGENCY.fullmatch(names[0]) and bare(names[-1]) in PLACES:
        return names[0]
    return printed


def _parts(printed: str) -> Iterator[tuple[str, tuple[Role, ...], bool]]:
    """The byline parted at its labels, each part with its label's roles, and whether it says where a text is from."""
    roles: tuple[Role, ...] = ("text",)
    start, is_origin = 0, False
    for label in LABEL.finditer(printed):
        yield from _part(printed[start : label.start()], roles, is_origin)
        roles, is_origin = _roles(label), _is_origin(label)
        start = label.end()
    yield from _part(printed[start:], roles, is_origin)


def _is_origin(label: re.Match[str]) -> bool:
    """Whether the label is "Theo" or "Nguồn": then a name that is no Vietnamese person's is a newspaper's."""
    return bool(label["collected"]) and label[0].casefold().startswith(("theo", "nguồn"))


def _part(text: str, roles: tuple[Role, ...], is_origin: bool) -> Iterator[tuple[str, tuple[Role, ...], bool]]:
    text = text.rstrip(" ([")
    sources = _COLLECTED_FROM.search(text)
    if sources:
        yield text[: sources.start()], ("collected",), False
        yield sources["sources"], ("collected",), True
        return
    collected = _COLLECTED.search(text)
    if collected:
        yield text[: collected.start()], ("collected",), is_origin
    else:
        yield WROTE.sub("", text), roles, is_origin


def _roles(label: re.Match[str]) -> tuple[Role, ...]:
    if label["both"]:
        return ("text", "photo")
    if label["photo"]:
        return ("photo",)
    if label["craft"]:
        return ()
    return ("collected",) if label["collected"] else ("text",)


def _names(part: str, is_origin: bool) -> Iterator[str]:
    part = part.replace("(", ",").replace(")", ",").replace("[", ",").replace("]", ",")
    for nth, joined in enumerate(_joined_of_paper(part) if is_origin else _JOINTS.split(part)):
        if nth and is_code(joined):
            continue
        names = [
            (name if VIETNAMESE_DESK.fullmatch(name) and " " in name else TITLE.sub("", name)).strip(" :*\"'“”•…-–—")
            for name in _TIGHT_DASH.split(joined)
        ]
        if (
            len(names) > 1
            and CODE.fullmatch(names[-1])
            and not VIETNAMESE_AGENCY.fullmatch(names[-1])
            and not names[0].isupper()
        ):
            # "Chí Linh-BBL": the code of the newspaper itself behind the name
            names.pop()
        yield from (_without_stop(name) for name in names if name and not ONLY_TITLE.fullmatch(name))


def _joined_of_paper(part: str) -> Iterator[str]:
    """What joints part, but for "và" and "&" in a paper's name: "Sức khỏe & Đời sống"."""
    for name in STRONG_JOINTS.split(part):
        halves = _JOINTS.split(name)
        is_whole = not any(
            VIETNAMESE_AGENCY.fullmatch(half) or is_vietnamese_name(half) or (nth and NEWSPAPER.fullmatch(half))
            for nth, half in enumerate(halves)
        )
        yield from [name] if is_whole else halves


def _without_stop(name: str) -> str:
    """The name without a sentence's full stop; the stops of initials stay."""
    return name[:-1] if name.endswith(".") and not re.fullmatch(r"(?:\w{1,2}\.)+", name) else name


def as_name(printed: str) -> str:
    """A person's name in a name's own letters: XUÂN THƯỞNG is Xuân Thưởng; initials such as P.Y stay."""
    if not printed.isupper() or "." in printed.split()[0]:
        return printed
    parts = printed.split()
    if len(parts) == 1 and (len(printed) <= 2 or not VOWEL.search(printed)):
        return printed
    return " ".join(part if "." in part else part.title() for part in parts)
