"""Provinces are known by every way in which their names are written."""

from __future__ import annotations

import pytest

from crawler.declaration.provinces import all_names, named


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("Hồ Chí Minh", "TP Hồ Chí Minh"),
        ("TP.HCM", "TP Hồ Chí Minh"),
        ("TP. Hồ Chí Minh", "TP Hồ Chí Minh"),
        ("Thành phố Hồ Chí Minh", "TP Hồ Chí Minh"),
        ("Sài Gòn", "TP Hồ Chí Minh"),
        ("Thừa Thiên - Huế", "Huế"),
        ("thành phố Huế", "Huế"),
        ("Bà Rịa–Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        ("tỉnh Sơn La", "Sơn La"),
        ("son la", "Sơn La"),
        ("Đắc Lắc", "Đắk Lắk"),
        ("Bắc Cạn", "Bắc Kạn"),
    ],
)
def test_a_province_is_known_by_other_names(text: str, province: str) -> None:
    assert named(text) == province


@pytest.mark.parametrize("name", all_names())
def test_a_province_is_known_by_its_own_name(name: str) -> None:
    assert named(name) == named(name.upper()) == name


@pytest.mark.parametrize("text", ["", "tỉnh", "TP", "Sao Hỏa", "Sơn"])
def test_what_is_no_province_is_none(text: str) -> None:
    assert named(text) is None
