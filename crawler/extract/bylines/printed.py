"""Reads printed Vietnamese bylines: persons, roles and agencies.

A byline is parted at labels ("Bài:", "Ảnh:", "Theo"), then at commas, dashes, slashes and "và"; each name is a person,
a desk (PV, Ban Biên tập), an agency or paper that it was taken from, or the newspaper itself, of which nothing is kept.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Sequence

import attrs

from archive.article import Contributor, Role
from crawler.declaration.provinces import PROVINCES
from crawler.extract.bylines.organisations import NEWSPAPER, VIETNAMESE_AGENCY, VIETNAMESE_DESK, VIETNAMESE_OFFICE
from crawler.extract.text import bare

_LABEL = re.compile(
    r"""(?:^|(?<=[\s(;,.|/–—-]))(?:
    (?P<both>(?:tin|bài(?:\s+viết)?)(?:\s*,\s*bài)?\s*(?:,|-|–|/|&|\+|\svà\s)\s*ảnh
        (?:\s*(?:,|-|–|/|&|\+|\svà\s)\s*(?:clip|video))?)\s*:?
    | (?P<text>(?:tin\s*(?:,|-|và)\s*bài|bài\s+viết|tin|bài|thực\s+hiện|tác\s+giả|lời|người\s+viết|phóng\s+viên
        |(?:ghi\s+chép|bút\s+ký|phóng\s+sự|ký\s+sự|tùy\s+bút|tản\s+(?:văn|mạn)|tạp\s+(?:văn|bút)|truyện\s+(?:ngắn|vui|ký)
        |thơ|hồi\s+ký|nhật\s+ký|tiểu\s+thuyết|kịch|biếm\s+họa|phỏng\s+vấn)(?:\s+của(?=\s))?))(?:\s*:|(?<=của)\s)
    | (?P<photo>(?:ảnh|hình)(?:\s+minh\s+họa)?)\s*:
    | (?P<collected>(?:tổng\s+hợp|sưu\s+tầm|biên\s+soạn|lược\s+dịch|biên\s+dịch|dịch|nguồn(?:\s+tin)?)\s*:|theo\s)
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_COLLECTED = re.compile(
    r"[(\[]\s*(?:st|dịch|t/h)\s*[)\]]\s*$|[(\[\s]*\b(?:tổng\s+hợp|tổng\s+thuật|sưu\s+tầm|biên\s+soạn|lược\s+dịch|biên\s+dịch)"
    r"\b(?:\s+từ\b)?[)\].\s]*$",
    re.IGNORECASE,
)
_COLLECTED_FROM = re.compile(
    r"[(\[]\s*(?:tổng\s+hợp|tổng\s+thuật|lược\s+dịch|biên\s+dịch|dịch)\s+(?:từ|theo)\s+(?P<sources>[^)\]]+)[)\]]\s*$",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"(?:[(\[]\s*(?:thực hiện|ghi|lược ghi|ghi chép|ctv|cộng tác viên)\s*[)\]]|\s(?:thực hiện|(?:lược )?ghi))\s*$",
    re.IGNORECASE,
)
_JOINTS = re.compile(r"\s*(?:[,;|&/]|\s[-–—+]\s|\s+và\s+)\s*", re.IGNORECASE)
_TIGHT_DASH = re.compile(r"(?<!\bPT)(?<!\bTH)(?<=[^\W\d_]{2})[-–—](?=[^\W\d_]{2})")
_TITLES = (
    r"PV|CTV|BTV|phóng\s+viên|nhà\s+(?:báo|văn|thơ|giáo|nghiên\s+cứu|sử\s+học)|nhạc\s+sĩ|họa\s+sĩ|nghệ\s+sĩ(?:\s+(?:ưu\s+tú|nhân\s+dân))?|"
    r"luật\s+sư|(?:thạc|tiến|bác|dược|kỹ|kiến\s+trúc)\s+s[ĩỹư]|cử\s+nhân|giáo\s+sư|phó\s+giáo\s+sư|(?:đại|thượng|trung|thiếu)\s+(?:tá|úy|tướng)|"
    r"(?:ThS|TS|BS|PGS|GS|KTS|DS|KS|CN|LS|NSƯT|NSND)(?:\s*\.?\s*(?:ThS|TS|BS|PGS|GS|KTS|CK\s?I{1,2}|CK\s?[12]))*"
)
_TITLE = re.compile(rf"^(?:(?:{_TITLES})\.?[\s-]+)+(?=\S+\s+\S)", re.IGNORECASE)
_ONLY_TITLE = re.compile(rf"(?:(?:{_TITLES})[.\s-]*)+", re.IGNORECASE)
# A Vietnamese syllable without diacritics: names of persons consist of them, "Daily Mail" or "DTO" do not.
_SYLLABLE = re.compile(r"(?:ngh?|nh|gh?|gi|kh|ph|th|tr|ch|qu|[bcdhklmnprstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?")
# "(TTXVN)", "(Trung tâm Khuyến nông tỉnh)": where a person works
_BEHIND_A_NAME = re.compile(
    rf"\s*[(\[](?:{VIETNAMESE_AGENCY.pattern}|{NEWSPAPER.pattern}|{VIETNAMESE_OFFICE.pattern})[)\]]$", re.IGNORECASE
)
_NAME_JOINTS = re.compile(r"\s*[,;&/]\s*|\s+[-–—]\s+|\s+và\s+", re.IGNORECASE)
_PLACES = frozenset(map(bare, itertools.chain(PROVINCES, *PROVINCES.values())))
# Words at the end of pages that look like names.
_NO_NAMES = frozenset((
    "quangcao", "binhluan", "chiase", "docthem", "xemthem", "xemtiep", "trove", "trangchu", "inbai", "guibai", "tulieu",
    "mucluc", "contiep", "tinlienquan", "bailienquan", "tinkhac", "tinmoi", "phanhoi", "danhgia", "theodoi", "dautrang",
    "tukhoa", "hetbai", "hoso", "hosotulieu", "doanthe", "lyluan", "vothuat", "vutru", "daotao", "luongthuc",
    "hochiminh", "tags", "nguontin", "anhminhhoa", *_PLACES,
))  # fmt: skip
# Frequent surnames that no province's name begins with; with diacritics, since "Đăng Ký" is not Đặng.
_SURNAMES = frozenset((
    "nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ", "ngô", "dương",
    "lý", "đinh", "đoàn", "trịnh", "đào", "lương", "trương",
))  # fmt: skip
_POSTED_BY = re.compile(r"^(?:(?:đăng|viết)\s+bởi|bởi|by)\s*:?\s+", re.IGNORECASE)
_BESIDE_TIME = re.compile(r"\s+[-–—|•·]\s+|\s*[|•·]\s*|\s*,\s+(?=\d)")
_VOWEL = re.compile(r"[aeiouyăâêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE)
_CODE = re.compile(r"[A-ZĐ]{2,5}")
_INITIALS = re.compile(r"(?!TP\b|TX\b)[A-ZĐ]{1,2}(?:\.\s?[A-ZĐ]\w{0,7}){1,3}")
_SHORTEST_CODE = 3
_MOST_NAMES = 4
_LONGEST_LINE = 150
_LONGEST_INITIALS = 8


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


def is_labelled(text: str) -> bool:
    """Whether a text has a label that bylines have: "Tin: X - Ảnh: Y"."""
    return _LABEL.search(text) is not None


def read_byline(printed: str, own_names: Collection[str] = ()) -> Byline:
    """Read a folded byline; `own_names` are the newspaper's own, as `bare` gives them."""
    printed = _without_address(printed)
    people: list[tuple[str, Role]] = []
    desks: list[tuple[str, Role]] = []
    sources: list[str] = []
    for part, roles, is_origin in _parts(printed):
        for name in _names(part):
            if bare(name) in own_names or not bare(name):
                continue
            if (
                VIETNAMESE_AGENCY.fullmatch(name)
                or NEWSPAPER.fullmatch(name)
                or (is_origin and not _may_be_vietnamese(name))
            ):
                sources.append(name)
            elif VIETNAMESE_DESK.fullmatch(name):
                desks.extend((name, role) for role in roles)
            elif not VIETNAMESE_OFFICE.fullmatch(name) and _is_person(name):
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
    names = _NAME_JOINTS.split(printed)
    if len(names) > 2 and VIETNAMESE_AGENCY.fullmatch(names[0]) and bare(names[-1]) in _PLACES:
        return names[0]
    return printed


def is_plain_byline(text: str) -> bool:
    """Whether a line is made of whole names alone, behind a label or not: "Lê Minh, TTXVN", "Ghi chép: Lê Minh"."""
    if not 0 < len(text) <= _LONGEST_LINE or text[-1] in ".!?:,;" or bare(text) in _NO_NAMES:
        return False
    if VIETNAMESE_DESK.fullmatch(text):
        return True
    text = _WROTE.sub("", text).rstrip()
    label = _LABEL.match(text)
    names = _NAME_JOINTS.split(_BEHIND_A_NAME.sub("", text[label.end() :] if label else text))
    names_alone = [
        name for nth, name in enumerate(names) if not (_ONLY_TITLE.fullmatch(name) or (nth and _is_code(name)))
    ]
    return (
        len(names_alone) > 0
        and len(names) <= _MOST_NAMES
        and all(
            VIETNAMESE_AGENCY.fullmatch(name)
            or NEWSPAPER.fullmatch(name)
            or _INITIALS.fullmatch(name)
            or _is_whole_name(_TITLE.sub("", name))
            for name in names_alone
        )
    )


def writers_below_headline(line: str) -> tuple[str, ...]:
    """The writers that a short line names beside a time or alone: behind a label, or with a surname ahead."""
    for part in _BESIDE_TIME.split(line):
        text = _WROTE.sub("", _POSTED_BY.sub("Tác giả: ", part.strip()))
        if is_plain_byline(text) and (
            _LABEL.match(text) is not None or _TITLE.sub("", text).split()[0].casefold() in _SURNAMES
        ):
            return read_byline(text).authors
    return ()


def _is_whole_name(name: str) -> bool:
    """Two to five syllables, each with a capital; a single one may be any word."""
    parts = name.split()
    return 2 <= len(parts) <= 5 and _may_be_vietnamese(name) and _is_person(name) and bare(name) not in _NO_NAMES


def _may_be_vietnamese(name: str) -> bool:
    """Whether a name could be a Vietnamese person's: made of syllables of the language, or initials."""
    if "." in name:
        return len(name) <= _LONGEST_INITIALS
    return all(_SYLLABLE.fullmatch(bare(part)) for part in re.split(r"[\s-]+", name) if part)


def _parts(printed: str) -> Iterator[tuple[str, tuple[Role, ...], bool]]:
    """The byline parted at its labels, each part with its label's roles, and whether it says where a text is from."""
    roles: tuple[Role, ...] = ("text",)
    start, is_origin = 0, False
    for label in _LABEL.finditer(printed):
        yield from _part(printed[start : label.start()], roles, is_origin)
        roles, is_origin = _roles(label), _is_origin(label)
        start = label.end()
    yield from _part(printed[start:], roles, is_origin)


def _is_origin(label: re.Match[str]) -> bool:
    """Whether the label is "Theo" or "Nguồn": then a name that is not Vietnamese is a newspaper's."""
    return bool(label["collected"]) and label[0].casefold().startswith(("theo", "nguồn"))


def _part(text: str, roles: tuple[Role, ...], is_origin: bool) -> Iterator[tuple[str, tuple[Role, ...], bool]]:
    sources = _COLLECTED_FROM.search(text)
    if sources:
        yield text[: sources.start()], ("collected",), False
        yield sources["sources"], ("collected",), True
        return
    collected = _COLLECTED.search(text)
    if collected:
        yield text[: collected.start()], ("collected",), is_origin
    else:
        yield _WROTE.sub("", text), roles, is_origin


def _roles(label: re.Match[str]) -> tuple[Role, ...]:
    if label["both"]:
        return ("text", "photo")
    if label["photo"]:
        return ("photo",)
    return ("collected",) if label["collected"] else ("text",)


def _names(part: str) -> Iterator[str]:
    part = part.replace("(", ",").replace(")", ",").replace("[", ",").replace("]", ",")
    for nth, joined in enumerate(_JOINTS.split(part)):
        if nth and _is_code(joined):
            continue
        names = [_TITLE.sub("", name).strip(" :*\"'“”•…-–—") for name in _TIGHT_DASH.split(joined)]
        if (
            len(names) > 1
            and _CODE.fullmatch(names[-1])
            and not VIETNAMESE_AGENCY.fullmatch(names[-1])
            and not names[0].isupper()
        ):
            # "Chí Linh-BBL": the code of the newspaper itself behind the name
            names.pop()
        yield from (_without_stop(name) for name in names if name and not _ONLY_TITLE.fullmatch(name))


def _is_code(name: str) -> bool:
    """Whether it is the code of a newspaper behind names, which nobody can pronounce: "BBL"."""
    is_code = len(name) >= _SHORTEST_CODE and _CODE.fullmatch(name) is not None and not _VOWEL.search(name)
    return is_code and not VIETNAMESE_AGENCY.fullmatch(name)


def _without_stop(name: str) -> str:
    """The name without a sentence's full stop; the stops of initials stay."""
    return name[:-1] if name.endswith(".") and not re.fullmatch(r"(?:\w{1,2}\.)+", name) else name


def _is_person(name: str) -> bool:
    """A name begins with a capital and has at most six words, no digits and no sentence."""
    parts = name.split()
    return (
        len(parts) <= 6
        and name[0].isupper()
        and not any(letter.isdigit() or letter in ":?!@<>{}=" for letter in name)
        and all(part[0].isupper() or not part[0].isalpha() for part in parts)
    )


def as_name(printed: str) -> str:
    """A person's name in a name's own letters: XUÂN THƯỞNG is Xuân Thưởng; initials such as P.Y stay."""
    if not printed.isupper() or "." in printed.split()[0]:
        return printed
    parts = printed.split()
    if len(parts) == 1 and (len(printed) <= 2 or not _VOWEL.search(printed)):
        return printed
    return " ".join(part if "." in part else part.title() for part in parts)
