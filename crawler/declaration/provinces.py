"""The provinces of Vietnam since the mergers of 1 July 2025, each with the former provinces that became part of it."""

from __future__ import annotations

import re
from datetime import date

from archive.search.terms.vietnamese import folded

MERGED_ON = date(2025, 7, 1)

# Resolution 202/2025/QH15 of the National Assembly. Huế was called Thừa Thiên Huế until the end of 2024.
PROVINCES: dict[str, tuple[str, ...]] = {
    "An Giang": ("An Giang", "Kiên Giang"),
    "Bắc Ninh": ("Bắc Ninh", "Bắc Giang"),
    "Cà Mau": ("Cà Mau", "Bạc Liêu"),
    "Cao Bằng": ("Cao Bằng",),
    "Cần Thơ": ("Cần Thơ", "Hậu Giang", "Sóc Trăng"),
    "Đà Nẵng": ("Đà Nẵng", "Quảng Nam"),
    "Đắk Lắk": ("Đắk Lắk", "Phú Yên"),
    "Điện Biên": ("Điện Biên",),
    "Đồng Nai": ("Đồng Nai", "Bình Phước"),
    "Đồng Tháp": ("Đồng Tháp", "Tiền Giang"),
    "Gia Lai": ("Gia Lai", "Bình Định"),
    "Hà Nội": ("Hà Nội",),
    "Hà Tĩnh": ("Hà Tĩnh",),
    "Hải Phòng": ("Hải Phòng", "Hải Dương"),
    "Huế": ("Huế",),
    "Hưng Yên": ("Hưng Yên", "Thái Bình"),
    "Khánh Hòa": ("Khánh Hòa", "Ninh Thuận"),
    "Lai Châu": ("Lai Châu",),
    "Lạng Sơn": ("Lạng Sơn",),
    "Lào Cai": ("Lào Cai", "Yên Bái"),
    "Lâm Đồng": ("Lâm Đồng", "Bình Thuận", "Đắk Nông"),
    "Nghệ An": ("Nghệ An",),
    "Ninh Bình": ("Ninh Bình", "Hà Nam", "Nam Định"),
    "Phú Thọ": ("Phú Thọ", "Hòa Bình", "Vĩnh Phúc"),
    "Quảng Ngãi": ("Quảng Ngãi", "Kon Tum"),
    "Quảng Ninh": ("Quảng Ninh",),
    "Quảng Trị": ("Quảng Trị", "Quảng Bình"),
    "Sơn La": ("Sơn La",),
    "Tây Ninh": ("Tây Ninh", "Long An"),
    "Thái Nguyên": ("Thái Nguyên", "Bắc Kạn"),
    "Thanh Hóa": ("Thanh Hóa",),
    "TP Hồ Chí Minh": ("TP Hồ Chí Minh", "Bà Rịa - Vũng Tàu", "Bình Dương"),
    "Tuyên Quang": ("Tuyên Quang", "Hà Giang"),
    "Vĩnh Long": ("Vĩnh Long", "Bến Tre", "Trà Vinh"),
}


_PREFIX = re.compile(r"^(?:tinh|thanh pho|tp)\b\s*")
_NO_LETTER = re.compile(r"[^a-z0-9]+")
# what people call them besides, folded
_ALSO = {
    "sai gon": "TP Hồ Chí Minh", "tphcm": "TP Hồ Chí Minh", "hcm": "TP Hồ Chí Minh", "thua thien hue": "Huế",
    "thua thien": "Huế", "vung tau": "Bà Rịa - Vũng Tàu", "daklak": "Đắk Lắk", "dac lac": "Đắk Lắk",
    "bac can": "Bắc Kạn", "kontum": "Kon Tum",
}  # fmt: skip


def named(text: str) -> str | None:
    """The province of that name, however it is written: with or without marks, "tỉnh", "TP." and hyphens."""
    key = _key(text)
    also = _ALSO.get(key) or _ALSO.get(key.replace(" ", ""))
    return also or next((name for name in all_names() if _key(name) == key), None)


def _key(text: str) -> str:
    return _PREFIX.sub("", _NO_LETTER.sub(" ", folded(text)).strip())


def all_names() -> list[str]:
    """The provinces of today and of before July 2025, each name once, sorted."""
    return sorted({*PROVINCES, *(part for parts in PROVINCES.values() for part in parts)})
