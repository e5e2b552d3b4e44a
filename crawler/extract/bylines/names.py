"""Whether a text is a Vietnamese person's name: by its surname, or by a given name as pen names have them."""

from __future__ import annotations

import itertools
import re

from crawler.declaration.provinces import PROVINCES
from crawler.extract.text import bare

PLACES = frozenset(map(bare, itertools.chain(PROVINCES, *PROVINCES.values())))
"""The provinces, as `bare` gives them."""
# With diacritics, since "Đăng Ký" is not Đặng. None is the name of a province or the first syllable of one.
FREQUENT_SURNAMES = frozenset((
    "nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ", "ngô",
    "dương", "lý", "đinh", "đoàn", "trịnh", "đào", "lương", "trương",
))  # fmt: skip
_SURNAMES = FREQUENT_SURNAMES | frozenset((
    "mai", "tô", "hà", "tạ", "lưu", "thái", "châu", "quách", "cao", "la", "thạch", "lâm", "phùng", "vương",
    "lục", "chu", "chử", "cù", "cung", "diệp", "doãn", "đàm", "điểu", "đường", "giang", "giáp", "hàn", "hứa",
    "kiều", "khổng", "khuất", "khúc", "lã", "lại", "liêu", "lò", "lộc", "lữ", "lù", "ma", "mã", "mạc", "mạch",
    "mẫn", "nghiêm", "ninh", "nông", "ông", "phí", "phó", "phương", "quản", "sầm", "sơn", "danh", "kim",
    "tăng", "thân", "thiều", "tiêu", "tống", "triệu", "trà", "tôn", "từ", "tưởng", "ung", "uông", "văn",
    "vàng", "vi", "vừ", "giàng", "sùng", "thào", "hạng", "tẩn", "chảo", "lường", "cầm", "đèo", "quàng",
    "bạch", "bế", "âu", "an", "bành", "cổ", "đồng", "hầu", "khương", "nhan", "nhâm", "ngụy", "tào", "đậu",
    "đới", "bồ", "láo", "phàn", "lầu", "hờ", "ly", "siu", "ksor", "rơ", "y", "vòng", "thi",
))  # fmt: skip
# Without diacritics only those that no word of another language begins a name with.
_PLAIN_SURNAMES = frozenset((
    "nguyen", "tran", "pham", "huynh", "phan", "dang", "bui", "truong", "trinh", "dinh", "doan", "luong", "duong",
))  # fmt: skip
_GIVEN = frozenset((
    "ái", "bá", "chí", "công", "đình", "sĩ", "sỹ", "tất", "viết", "an", "anh", "ánh", "ân", "bách", "bảo",
    "bằng", "bích", "bình", "cẩm", "chi", "chiến", "chung", "cúc", "cường", "diễm", "diệp", "diệu", "doanh",
    "dung", "dũng", "duy", "duyên", "dương", "đan", "đăng", "đạt", "điệp", "định", "đoan", "đông", "đức",
    "gia", "giang", "hà", "hạ", "hải", "hân", "hằng", "hạnh", "hảo", "hậu", "hiền", "hiển", "hiệp", "hiếu",
    "hoa", "hòa", "hoà", "hoài", "hoan", "hoàng", "hoàn", "hồng", "huệ", "hùng", "huy", "huyền", "hưng",
    "hương", "hường", "hữu", "khang", "khánh", "khiêm", "khoa", "khôi", "khuê", "kiên", "kiều", "kim", "kỳ",
    "lam", "lan", "lâm", "lê", "liên", "linh", "loan", "long", "lộc", "lợi", "luân", "ly", "mai", "mạnh",
    "mẫn", "minh", "my", "mỹ", "nam", "nga", "ngân", "nghi", "nghĩa", "ngọc", "nguyên", "nguyệt", "nhã",
    "nhân", "nhật", "nhi", "nhiên", "như", "nhung", "oanh", "phong", "phú", "phúc", "phước", "phương",
    "phượng", "quang", "quân", "quế", "quốc", "quy", "quý", "quyên", "quyền", "quyết", "quỳnh", "sang",
    "sáng", "san", "sinh", "sơn", "sương", "tâm", "tân", "thạch", "thái", "thanh", "thành", "thảo", "thăng",
    "thắng", "thế", "thi", "thiên", "thiện", "thịnh", "thoa", "thơ", "thu", "thuận", "thùy", "thuỳ", "thúy",
    "thuý", "thủy", "thuỷ", "thư", "thương", "thường", "tiên", "tiến", "tín", "toàn", "tố", "trang", "trà",
    "trâm", "trân", "trí", "trinh", "trọng", "trúc", "trung", "trường", "tú", "tuân", "tuấn", "tùng", "tuyên",
    "tuyết", "tường", "uyên", "vân", "vi", "viên", "việt", "vinh", "vĩnh", "vũ", "vương", "vy", "xuân", "yên",
    "yến",
))  # fmt: skip
# Papers and the like that begin as names do; compared as `bare` gives them.
_NO_PERSONS = re.compile(
    r"(?:anninh|baove|cong(?:an|bao|dan|doan|luan|ly|nghe|thuong)|danhnhan|dongy|duong(?:sat|bo)|gia(?:dinh|ca)|"
    r"giao(?:duc|thong)|haiquan|hanhphuc|hanoi|hoahoc|hoangsa|kim(?:cuong|loai|ngach)|kythuat|mythuat|"
    r"nhan(?:dan|dao|luc|quyen)|nong(?:nghiep|thon|dan)|phuong(?:dong|tay)|quocte|quoc(?:hoi|phong)|sinhvien|tam(?:ly|nhin)|tanhoaxa|"
    r"thanhnien|the(?:gioi|he|thao)|thieu(?:nien|nhi)|thitruong|thuongmai|thuonghieu|thuysan|tien(?:phong|bo|te)|toan(?:cau|canh)|"
    r"tri(?:thuc|tue)|trungtam|truong(?:hoc|sa)|tudien|van(?:hoa|nghe|hoc|hien)|vietnam|yte|yhoc)"
)
# A Vietnamese syllable without diacritics: "Daily Mail" or "DTO" do not consist of them.
_SYLLABLE = re.compile(r"(?:ngh?|nh|gh?|gi|kh|ph|th|tr|ch|qu|[bcdhklmnprstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?")
_BETWEEN = re.compile(r"[\s-]+")
_LONGEST_INITIALS = 8
_MOST_SYLLABLES = 6
_LONGEST_PEN_NAME = 3


def is_made_of_syllables(name: str) -> bool:
    """Whether a name could be a Vietnamese person's: made of syllables of the language, or initials."""
    if "." in name:
        return len(name) <= _LONGEST_INITIALS
    return all(_SYLLABLE.fullmatch(bare(part)) for part in _BETWEEN.split(name) if part)


def is_vietnamese_name(name: str) -> bool:
    """Whether a name is a Vietnamese person's rather than a newspaper's.

    It begins with a surname and has two to six syllables, or with a given name and has up to three, as pen names do; or
    it is made of initials.
    """
    if not is_made_of_syllables(name):
        return False
    if "." in name:
        return True
    parts, letters = [part for part in _BETWEEN.split(name) if part], bare(name)
    if not parts or not all(part[0].isupper() for part in parts) or letters in PLACES or _NO_PERSONS.match(letters):
        return False
    syllables = [part.casefold() for part in parts]
    has_surname = syllables[0] in _SURNAMES or (name.isascii() and syllables[0] in _PLAIN_SURNAMES)
    if has_surname and 2 <= len(syllables) <= _MOST_SYLLABLES:
        return True
    return syllables[0] in _GIVEN and len(syllables) <= _LONGEST_PEN_NAME
