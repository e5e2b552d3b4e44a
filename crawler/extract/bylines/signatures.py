"""Whether a line signs the text above or below it."""

from __future__ import annotations

import itertools
import re

from crawler.extract.bylines.names import FREQUENT_SURNAMES, PLACES, is_made_of_syllables
from crawler.extract.bylines.organisations import (
    NATIONAL_PAPER,
    NEWSPAPER,
    VIETNAMESE_AGENCY,
    VIETNAMESE_DESK,
    VIETNAMESE_OFFICE,
)
from crawler.extract.bylines.printed import read_byline
from crawler.extract.bylines.vocabulary import (
    LABEL,
    NAME_JOINTS,
    ONLY_TITLE,
    STRONG_JOINTS,
    TITLE,
    WROTE,
    is_code,
    may_be_name,
    tidied,
)
from crawler.extract.text import bare

_DRAWN_FROM = re.compile(
    r"[(\[]\s*(?:(?:tổng\s+hợp|tổng\s+thuật|lược\s+dịch|biên\s+dịch|dịch|trích|sưu\s+tầm)(?:\s+(?:từ|theo)\s+[^)\]]{2,60})?|"
    r"(?:theo|nguồn(?:\s+tin)?\s*:?)\s+[^)\]]{2,60}|t/h|st)\s*[)\]]\.?|"
    r"(?:(?:tổng\s+hợp|lược\s+dịch|biên\s+dịch|dịch|trích)\s+(?:từ|theo)\s+|theo\s+|nguồn(?:\s+tin)?\s*:\s*)(?:https?://)?[^.!?:;]{2,60}(?:\.[^\W\d_]{2,4}){0,2}|"
    r"nguồn\s+(?:(?:https?://)?[\w.-]+\.(?:vn|com|net|org)|báo\s[^.!?:;]{2,40})|sưu\s+tầm|tổng\s+hợp",
    re.IGNORECASE,
)
# "(TTXVN)", "(Trung tâm Khuyến nông tỉnh)": where a person works
_BEHIND_A_NAME = re.compile(
    rf"\s*[(\[](?:{VIETNAMESE_AGENCY.pattern}|{NEWSPAPER.pattern}|{VIETNAMESE_OFFICE.pattern}|"
    r"(?:[^)\]]{0,40}[\s,])?(?:ấp|xã|phường|thị\s+trấn|thị\s+xã|huyện|quận|tỉnh|khóm|thôn|bản|TP|thành\s+phố)\.?\s[^)\]]{2,60})[)\]]$",
    re.IGNORECASE,
)
# Words at the end of pages that look like names.
_NO_NAMES = frozenset((
    "quangcao", "binhluan", "chiase", "docthem", "xemthem", "xemtiep", "trove", "trangchu", "inbai", "guibai", "tulieu",
    "mucluc", "contiep", "tinlienquan", "bailienquan", "tinkhac", "tinmoi", "phanhoi", "danhgia", "theodoi", "dautrang",
    "tukhoa", "het", "hetbai", "hetky", "connua", "kysau", "kytruoc", "kycuoi",
    "hoso", "hosotulieu", "doanthe", "lyluan", "vothuat", "vutru", "daotao", "luongthuc",
    "hochiminh", "tags", "nguontin", "anhminhhoa", *PLACES,
))  # fmt: skip
_POSTED_BY = re.compile(r"^(?:(?:đăng|viết)\s+bởi|bởi|by)\s*:?\s+", re.IGNORECASE)
_BESIDE_TIME = re.compile(r"\s+[-–—|•·]\s+|\s*[|•·]\s*|\s*,\s+(?=\d)")
_INITIALS = re.compile(r"(?!TP\b|TX\b)(?:[A-ZĐ]{1,2}|[CGKNPT]h|Gi|Ng|Ngh|Qu|Tr)(?:\.\s?[A-ZĐ]\w{0,7}){1,3}")
# In brackets "từ" may be followed by words: "(tổng hợp từ các báo)".
_OPENS = re.compile(
    r"[(\[]?\s*theo\s+(?=\S)|(?:nguồn(?:\s+tin)?\s*:?|(?:tổng\s+hợp|(?:lược\s+|biên\s+)?dịch|trích)\s+(?:từ|theo))\s*(?=\S)",
    re.IGNORECASE,
)
_BEFORE_PAPERS = frozenset(("báo", "tạp", "bản", "đài", "cổng", "trang", "internet", "mạng"))
_BRACKETED = re.compile(r"\s*([(\[][^()\[\]]{2,80}[)\]])$")
_MOST_NAMES = 4
_JOINING = frozenset(("và", "-", "–", "&"))
_MOST_OF_A_PEN_NAME = 2
_LONGEST_LINE = 150
_LONGEST_SOURCE = 80


def may_be_pen_name(text: str) -> bool:
    """Whether a line that is set apart may be a name: of several words each has a capital."""
    words = [word for word in text.split() if word not in _JOINING]
    return len(words) <= _MOST_OF_A_PEN_NAME or not any(word[0].islower() for word in words)


def is_end_mark(text: str) -> bool:
    """Whether a line is one of those at the end of pages that look like names: "(Hết)", "Còn nữa"."""
    return bare(text) in _NO_NAMES


def is_plain_byline(text: str) -> bool:
    """Whether a line is made of whole names alone, behind a label or not: "Lê Minh, TTXVN", "Ghi chép: Lê Minh"."""
    if not 0 < len(text) <= _LONGEST_LINE or text[-1] in ".!?:,;" or bare(text) in _NO_NAMES:
        return False
    if VIETNAMESE_DESK.fullmatch(text):
        return True
    origin = _BRACKETED.search(text)
    if origin is not None and origin.start() and is_source_line(origin[1]):
        text = text[: origin.start()]
    if text[0] == "(" and text[-1] == ")" and "(" not in text[1:]:
        text = text[1:-1].strip()
    segments = _segments(WROTE.sub("", tidied(text)).rstrip())
    return bool(segments) and all(map(_are_names, segments))


def is_source_line(text: str) -> bool:
    """Whether a line says where a text is from, and nothing else: "(tổng hợp từ X)", "(TTXVN/Vietnam+)", "Theo X"."""
    if not 0 < len(text) <= _LONGEST_SOURCE:
        return False
    if _DRAWN_FROM.fullmatch(text):
        return not _is_sentence(text)
    names = STRONG_JOINTS.split(text[1:-1]) if text[0] in "([" and text[-1] in ")]" else ()
    return bool(names) and all(map(is_source, names))


def _is_sentence(text: str) -> bool:
    """Whether what stands behind "Theo" and the like goes on as a sentence does: "Theo đó, các xã ..."."""
    opening = _OPENS.match(text)
    words = text[opening.end() if opening else 0 :].strip("([)]").split()
    begins = words[:1] if opening and words[0].casefold() not in _BEFORE_PAPERS else []
    begins += [word for before, word in itertools.pairwise(words) if before.endswith(",")]
    return any(word[0].islower() and "." not in word and "//" not in word for word in begins)


def _segments(text: str) -> list[str]:
    """What stands between the labels of a line: "Lê Minh, An Hà Ảnh: Hồ Nam" has two."""
    labels = [label for label in LABEL.finditer(text) if not label.start() or label[0].rstrip().endswith(":")]
    ends = [*(label.start() for label in labels), len(text)]
    parts = [text[start:end] for start, end in zip((0, *(label.end() for label in labels)), ends, strict=True)]
    return [part for part in (part.strip(" ,;-–—") for part in parts) if part]


def _are_names(text: str) -> bool:
    names = NAME_JOINTS.split(_BEHIND_A_NAME.sub("", text))
    names_alone = [
        name
        for nth, name in enumerate(names)
        if not (ONLY_TITLE.fullmatch(name) or (nth and (is_code(name) or VIETNAMESE_OFFICE.fullmatch(name))))
    ]
    return 0 < len(names_alone) <= len(names) <= _MOST_NAMES and all(
        VIETNAMESE_AGENCY.fullmatch(name)
        or NEWSPAPER.fullmatch(name)
        or _INITIALS.fullmatch(name)
        or _is_whole_name(TITLE.sub("", name))
        for name in names_alone
    )


def writers_below_headline(line: str) -> tuple[str, ...]:
    """The writers that a short line names beside a time or alone: behind a label, or with a surname ahead."""
    return read_byline(byline_below_headline(line)).authors


def byline_below_headline(line: str) -> str:
    """The byline in a short line, beside a time or alone, with the agency behind a dash; empty where it has none."""
    parts = [part.strip() for part in _BESIDE_TIME.split(line)]
    for nth, part in enumerate(parts):
        text = WROTE.sub("", _POSTED_BY.sub("Tác giả: ", part))
        if not is_plain_byline(text) or not (
            LABEL.match(text) is not None or TITLE.sub("", text).split()[0].casefold() in FREQUENT_SURNAMES
        ):
            continue
        if read_byline(text).authors:
            behind = itertools.takewhile(is_source, parts[nth + 1 :])
            return " - ".join((_POSTED_BY.sub("", part), *behind))
    return ""


def source_below_headline(line: str) -> str:
    """The part of a short line, beside a time or alone, that says where the text is from: "TTXVN", "Theo X"."""
    parts = map(str.strip, _BESIDE_TIME.split(line))
    return next((part for part in parts if part and (VIETNAMESE_AGENCY.fullmatch(part) or is_source_line(part))), "")


def is_source(name: str) -> bool:
    """Whether a name is an agency's or a newspaper's."""
    return bool(VIETNAMESE_AGENCY.fullmatch(name) or NEWSPAPER.fullmatch(name) or NATIONAL_PAPER.fullmatch(name))


def _is_whole_name(name: str) -> bool:
    """Two to five syllables, each with a capital; a single one may be any word."""
    parts = name.split()
    return (
        2 <= len(parts) <= 5
        and is_made_of_syllables(name)
        and may_be_name(name)
        and not (bare(name) in _NO_NAMES or VIETNAMESE_OFFICE.fullmatch(name))
    )
