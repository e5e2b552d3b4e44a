"""The 34 provinces of today as tiles of a map: a column and a row for each, where it lies seen from the others.

The sizes and borders of the provinces are not drawn; the map says where something is, and no large province outshines
a small one.
"""

from __future__ import annotations

TILES: dict[str, tuple[int, int]] = {
    "Lai Châu": (1, 0),
    "Lào Cai": (2, 0),
    "Tuyên Quang": (3, 0),
    "Cao Bằng": (4, 0),
    "Điện Biên": (0, 1),
    "Sơn La": (1, 1),
    "Phú Thọ": (2, 1),
    "Thái Nguyên": (3, 1),
    "Lạng Sơn": (4, 1),
    "Hà Nội": (2, 2),
    "Bắc Ninh": (3, 2),
    "Quảng Ninh": (4, 2),
    "Thanh Hóa": (2, 4),
    "Ninh Bình": (2, 3),
    "Hưng Yên": (3, 3),
    "Hải Phòng": (4, 3),
    "Nghệ An": (1, 5),
    "Hà Tĩnh": (2, 5),
    "Quảng Trị": (3, 6),
    "Huế": (4, 7),
    "Đà Nẵng": (4, 8),
    "Quảng Ngãi": (4, 9),
    "Gia Lai": (4, 10),
    "Đắk Lắk": (4, 11),
    "Khánh Hòa": (5, 12),
    "Lâm Đồng": (4, 12),
    "Tây Ninh": (2, 12),
    "Đồng Nai": (3, 12),
    "An Giang": (0, 13),
    "Đồng Tháp": (1, 13),
    "Vĩnh Long": (2, 13),
    "TP Hồ Chí Minh": (3, 13),
    "Cà Mau": (0, 15),
    "Cần Thơ": (1, 14),
}
"""Columns from the west and rows from the north, both from 0."""
