"""What printed Vietnamese bylines are made of: labels, titles, joints, codes of newspapers."""

from __future__ import annotations

import re

from crawler.extract.bylines.organisations import VIETNAMESE_AGENCY

LABEL = re.compile(
    r"""(?:^|(?<=[\s(;,.|/–—-]))(?:
    (?P<both>(?:tin|bài(?:\s+viết)?)(?:\s*,\s*bài)?\s*(?:,|-|–|/|&|\+|\svà\s)\s*ảnh
        (?:\s*(?:,|-|–|/|&|\+|\svà\s)\s*(?:clip|video))?\s*:?
        |(?:chùm|phóng\s+sự)\s+ảnh(?:\s+của(?=\s)|\s*:))
    | (?P<text>(?:tin\s*(?:,|-|và)\s*bài|bài\s+viết|tin|bài|thực\s+hiện|tác\s+giả|lời|nội\s+dung|người\s+viết
        |phóng\s+viên|(?:ghi\s+(?:chép|nhanh)|bút\s+ký|phóng\s+sự|ký\s+sự|tùy\s+bút|tản\s+(?:văn|mạn)|tạp\s+(?:văn|bút)|truyện\s+(?:ngắn|vui|ký)
        |thơ|hồi\s+ký|nhật\s+ký|tiểu\s+thuyết|kịch|biếm\s+họa|phỏng\s+vấn)(?:\s+của(?=\s))?))(?:\s*:|(?<=của)\s)
    | (?P<photo>(?:ảnh|hình)(?:\s+minh\s+họa)?|video(?:\s*(?:,|-|&|/)\s*ảnh)?|clip|quay\s+phim)\s*:
    | (?P<craft>(?:đồ|minh)\s+h[oọ]ạ?a?|thiết\s+kế|trình\s+bày|kỹ\s+thuật|dựng(?:\s+phim)?
        |biên\s+tập|hiệu\s+đính|infographics?)\s*:
    | (?P<collected>(?:tổng\s+hợp|sưu\s+tầm|biên\s+soạn|lược\s+dịch|biên\s+dịch|dịch|nguồn(?:\s+tin)?)\s*:|theo\s
        |nguồn(?:\s+tin)?\s+(?=(?:[\w-]+\.)+(?:vn|com|net|org)\b|báo\s|tạp\s+chí\s|TTXVN\b))
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
WROTE = re.compile(
    r"(?:[(\[]\s*(?:thực hiện|ghi|lược ghi|ghi chép|ctv|cộng tác viên)\s*[)\]]|\s(?:thực hiện|(?:lược )?ghi))\s*$",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_AS_TOLD = re.compile(r"\s*[(\[]?\s*ghi\s+theo\s+lời\s+[^)\]]*[)\]]?\s*$", re.IGNORECASE)
# "(P/v TTXVN tại Lào)": where an agency's reporter is
_POSTED = re.compile(
    rf"\b(?:(?:p/?v|phóng\s+viên)\s+)?(?P<agency>(?:{VIETNAMESE_AGENCY.pattern}))\s+(?:tại|thường\s+trú)\b[^)\],;]*",
    re.IGNORECASE,
)
STRONG_JOINTS = re.compile(r"\s*(?:[,;|/]|\s[-–—+]\s)\s*")
NAME_JOINTS = re.compile(r"\s*[,;&/]\s*|\s+[-–—]\s+|\s+và\s+", re.IGNORECASE)
_TITLES = (
    r"PV|CTV|BTV|phóng\s+viên|nhà\s+(?:báo|văn|thơ|giáo|nghiên\s+cứu|sử\s+học)|nhạc\s+sĩ|họa\s+sĩ|nghệ\s+sĩ(?:\s+(?:ưu\s+tú|nhân\s+dân))?|"
    r"luật\s+sư|(?:thạc|tiến|bác|dược|kỹ|kiến\s+trúc)\s+s[ĩỹư]|cử\s+nhân|giáo\s+sư|phó\s+giáo\s+sư|(?:đại|thượng|trung|thiếu)\s+(?:tá|úy|tướng)|"
    r"(?:Th\.?S|TS|BS|PGS|GS|KTS|DS|KS|CN|LS|NSƯT|NSND)(?:\s*\.?\s*(?:ThS|TS|BS|PGS|GS|KTS|CK\s?I{1,2}|CK\s?[12]))*"
)
TITLE = re.compile(rf"^(?:(?:{_TITLES})\.?[\s-]+)+(?=\S+\s+\S)", re.IGNORECASE)
ONLY_TITLE = re.compile(rf"(?:(?:{_TITLES})[.\s-]*)+", re.IGNORECASE)
VOWEL = re.compile(r"[aeiouyăâêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE)
CODE = re.compile(r"[A-ZĐ]{2,5}")
_SHORTEST_CODE = 3


def tidied(printed: str) -> str:
    """A byline without the schemes of addresses, who told the story, and where an agency's reporter is."""
    return _POSTED.sub(r"\g<agency>", _AS_TOLD.sub("", _SCHEME.sub("", printed)))


def is_labelled(text: str) -> bool:
    """Whether a text has a label that bylines have: "Tin: X - Ảnh: Y"."""
    return LABEL.search(text) is not None


def is_code(name: str) -> bool:
    """Whether it is the code of a newspaper behind names, which nobody can pronounce: "BBL"."""
    is_code = len(name) >= _SHORTEST_CODE and CODE.fullmatch(name) is not None and not VOWEL.search(name)
    return is_code and not VIETNAMESE_AGENCY.fullmatch(name)


def may_be_name(name: str) -> bool:
    """A name begins with a capital and has at most six words, no digits and no sentence."""
    parts = name.split()
    return (
        len(parts) <= 6
        and name[0].isupper()
        and not any(letter.isdigit() or letter in ":?!@<>{}=" for letter in name)
        and all(part[0].isupper() or not part[0].isalpha() for part in parts)
    )
