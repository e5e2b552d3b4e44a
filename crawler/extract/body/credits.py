"""Captions parted from the credits that are printed with them, in the ways of Vietnamese papers."""

from __future__ import annotations

import re

from crawler.extract.bylines.names import is_vietnamese_name
from crawler.extract.bylines.organisations import NATIONAL_PAPER, NEWSPAPER, VIETNAMESE_AGENCY
from crawler.extract.bylines.vocabulary import NAME_JOINTS, TITLE

LONGEST_CREDIT = 60
_REACH = LONGEST_CREDIT + 50
_WORDS = (
    r"nguồn\s+(?:ảnh|hình)|(?:ảnh|hình)(?:\s+(?:minh\s+h[oọ]ạ?a?|tư\s+liệu|ctv|chụp|bìa))?"
    r"(?:\s*(?:,|&|/|-|\svà\s)\s*(?:video|clip|đồ\s+h[oọ]ạ?a?))?|(?:đồ|minh|ký)\s+h[oọ]ạ?a?|infographics?|tranh|photos?"
)
# What stands ahead of the label: nothing, a stop, a sign that parts, or a blank.
_AHEAD = r"(?:^|(?P<stop>[.!?…”\"»])|(?P<sign>[|•/(\[,;_–—-])|(?P<blank>\s))[\s|•/_–—*-]*(?P<open>[(\[])?[\s–—*-]*"
_LABELLED = re.compile(rf"{_AHEAD}(?P<label>{_WORDS})\s*:\s*(?P<credit>[^:]*)$", re.IGNORECASE)
# Of a caption the source is the picture's; of a text it is not.
_SOURCED = re.compile(rf"{_AHEAD}(?P<label>nguồn(?:\s+tin)?)\s*:\s*(?P<credit>[^:]*)$", re.IGNORECASE)
# "(ảnh TTXVN)", "Ảnh Lê An": without a colon only names make a credit
_UNLABELLED = re.compile(
    r"(?:^|(?P<stop>[.!?…”\"»])\s*|[,;]\s+|\s(?=[|•/(\[_–—-]))[\s|•/_–—-]*(?P<open>[(\[])?\s*"
    r"(?P<label>(?:nguồn\s+)?(?:ảnh|hình))\s+(?P<credit>[^:.!?]{2,60}(?:\.[^:\s]{1,10}){0,3})[.\s]*$",
    re.IGNORECASE,
)
# "Tin, ảnh: X" is no credit but a byline
_OF_BYLINE = re.compile(
    r"(?:^|\s)(?:tin|bài(?:\s+viết)?|lời|thơ|văn|thực hiện)\s*(?:,|&|/|-|–|\+|và)?\s*$", re.IGNORECASE
)
_INITIALS = re.compile(r"(?:^\w{1,2}\.|(?:\b\w{1,2}\.){2,})$")
_AT_END = " \t-–—_*|•/([,;"
# Whoever else a credit names than persons and organisations.
_OTHERS = re.compile(
    r"internet|tư\s+liệu|tl|ctv|pv|p\.v|bbt|nvcc|st|sưu\s+tầm|facebook|fb|getty(?:\s+images)?|shutterstock|pixabay|"
    r"(?:nhân\s+vật|gia\s+đình|đơn\s+vị|cơ\s+sở|ban\s+tổ\s+chức|btc)(?:\s+cung\s+cấp)?",
    re.IGNORECASE,
)
_MOST_WORDS_OF_NAMES = 4
_LONGEST_CREDITED = 400
_SOURCE_REACH = 80
_SOURCE = re.compile(
    r"(?:©|\(c\)|(?:Photo|Foto|Image|Picture|Bild|Kép|Kuva|Zdjęcie|Fotó)s?(?:\s+credit)?\s*(?::|\bby\b|/|-)|Photograph(?:y)?\s*(?::|by)|"
    r"Quelle\s*:|Crédit(?:\s+photo)?|Fotografía\s+de|(?:via|/)\s*Getty\s+Images|(?:写真|사진)\s*[=:：/])[^!?]{0,50}$|"
    r"(?:^|[.(…]\s*)[Ảả]nh\s+(?:do\s+[^.!?]{2,40}\s+cung\s+cấp|(?:chỉ\s+)?(?:mang\s+tính\s+|để\s+)?minh\s+h[oọ]ạ?a?|"
    r"tư\s+liệu|[Ii]nternet|chụp\s+màn\s+hình|cắt\s+từ\s+(?:clip|video))(?:[.,\s]*[Nn]guồn:?\s+[^.]{2,30})?[).\s]*$"
)


def part_credit(text: str) -> tuple[str | None, str | None]:
    """Part a folded caption line into caption and credit: "… ngày nay. Ảnh: X.T" is ("… ngày nay.", "X.T")."""
    start = max(0, len(text) - _REACH)
    return _part(text, _LABELLED.search(text, start) or _UNLABELLED.search(text, start))


def part_caption(text: str) -> tuple[str | None, str | None]:
    """Part a line that is a caption; its source is a credit as well: "… ngày nay. (Nguồn: TTXVN)"."""
    caption, credit = part_credit(text)
    if credit is not None:
        return caption, credit
    return _part(text, _SOURCED.search(text, max(0, len(text) - _REACH)))


def _part(text: str, found: re.Match[str] | None) -> tuple[str | None, str | None]:
    if found is None or not _is_label(found, text):
        return text or None, None
    credit, behind = _credit(found)
    if not credit or len(credit) > LONGEST_CREDIT or not _may_be_credit(found, credit, behind):
        return text or None, None
    caption = text[: found.end("stop") if found["stop"] else found.start()].rstrip(_AT_END)
    return " ".join(filter(None, (caption, behind))) or None, credit


def is_credit(text: str) -> bool:
    """Whether a line is a credit alone: "Ảnh: X.T"."""
    if len(text) > LONGEST_CREDIT + 20:
        return False
    caption, credit = part_credit(text)
    return caption is None and credit is not None


def ends_with_source(text: str) -> bool:
    """Whether a short text ends with whose picture it is, in the languages and ways of other papers as well."""
    return len(text) <= _LONGEST_CREDITED and _SOURCE.search(text, max(0, len(text) - _SOURCE_REACH)) is not None


def _is_label(found: re.Match[str], text: str) -> bool:
    """Whether the words are a label: a small letter amid a sentence is none, nor is what a byline has."""
    if found.start() and found["label"][0].islower() and not (found["open"] or found["stop"] or _has_sign(found)):
        return False
    return _OF_BYLINE.search(text, max(0, found.start() - 20), found.start()) is None


def _has_sign(found: re.Match[str]) -> bool:
    """Whether a sign parts the label from the caption."""
    return bool(found[0][: found.start("label") - found.start()].strip())


def _credit(found: re.Match[str]) -> tuple[str, str]:
    """The credit, and what stands behind its closing bracket."""
    credit, behind = found["credit"].strip(), ""
    if any(bracket in found[0][: found.start("label") - found.start()] for bracket in "(["):
        credit, closing, behind = _up_to_closing(credit)
        behind = behind.strip(" .") if closing else ""
    elif credit.endswith((")", "]")) and not ("(" in credit or "[" in credit):
        credit = credit[:-1].rstrip()
    if credit.endswith(".") and not _INITIALS.search(credit):
        credit = credit[:-1].rstrip()
    return credit, behind


def _up_to_closing(text: str) -> tuple[str, str, str]:
    """The text up to the bracket that closes one opened before it, that bracket, and the rest."""
    depth = 0
    for nth, letter in enumerate(text):
        if letter in "([":
            depth += 1
        elif letter in ")]":
            if not depth:
                return text[:nth].rstrip(), letter, text[nth + 1 :]
            depth -= 1
    return text, "", ""


def _may_be_credit(found: re.Match[str], credit: str, behind: str) -> bool:
    if found.re is _UNLABELLED:
        return all(map(_is_somebody, NAME_JOINTS.split(credit)))
    if found.start() or found["open"] or behind:
        return True
    # a line that begins with the label may tell what the picture shows
    words = credit.split()
    return (
        len(words) <= _MOST_WORDS_OF_NAMES
        or not any(word[0].islower() for word in words if word != "và")
        or (all(map(_is_somebody, NAME_JOINTS.split(credit))))
    )


def _is_somebody(name: str) -> bool:
    """Whether a name is one that pictures are credited to."""
    name = TITLE.sub("", name)
    return bool(
        VIETNAMESE_AGENCY.fullmatch(name)
        or NEWSPAPER.fullmatch(name)
        or NATIONAL_PAPER.fullmatch(name)
        or _OTHERS.fullmatch(name)
        or (name[:1].isupper() and " " in name and is_vietnamese_name(name))
        or _INITIALS.search(f"{name}.")
    )
