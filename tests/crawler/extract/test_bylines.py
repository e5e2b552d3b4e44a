"""Every printed form of a byline, each with the persons, roles and sources that it names."""

from __future__ import annotations

import pytest

from crawler.extract.bylines.printed import as_name, read_byline
from crawler.extract.bylines.signatures import is_plain_byline, writers_below_headline

OWN = frozenset({"baocantho", "baocanthoonline"})
TEXT, PHOTO, COLLECTED = "text", "photo", "collected"

FORMS: list[tuple[str, list[str], list[tuple[str, str]], str | None]] = [
    ("P.Y", ["P.Y"], [("P.Y", TEXT)], None),
    ("M.Đ", ["M.Đ"], [("M.Đ", TEXT)], None),
    ("XUÂN THƯỞNG", ["Xuân Thưởng"], [("Xuân Thưởng", TEXT)], None),
    ("Tin, ảnh: P.Y", ["P.Y"], [("P.Y", TEXT), ("P.Y", PHOTO)], None),
    ("Tin - ảnh: P.Y", ["P.Y"], [("P.Y", TEXT), ("P.Y", PHOTO)], None),
    ("Bài, ảnh: NGUYỄN VĂN A", ["Nguyễn Văn A"], [("Nguyễn Văn A", TEXT), ("Nguyễn Văn A", PHOTO)], None),
    ("Bài và ảnh: LÊ HÀ", ["Lê Hà"], [("Lê Hà", TEXT), ("Lê Hà", PHOTO)], None),
    ("Tin, bài: Lê Hà", ["Lê Hà"], [("Lê Hà", TEXT)], None),
    ("Bài: Lê Hà - Ảnh: X.T", ["Lê Hà"], [("Lê Hà", TEXT), ("X.T", PHOTO)], None),
    ("Bài: LÊ HÀ; ảnh: X.T", ["Lê Hà"], [("Lê Hà", TEXT), ("X.T", PHOTO)], None),
    ("Ảnh: Lê Hà", [], [("Lê Hà", PHOTO)], None),
    ("Thực hiện: Lê Hà, Minh Tú", ["Lê Hà", "Minh Tú"], [("Lê Hà", TEXT), ("Minh Tú", TEXT)], None),
    ("Theo Hồ Hương", ["Hồ Hương"], [("Hồ Hương", COLLECTED)], None),
    ("Hoàng Nam (tổng hợp)", ["Hoàng Nam"], [("Hoàng Nam", COLLECTED)], None),
    ("HOÀNG NAM tổng hợp", ["Hoàng Nam"], [("Hoàng Nam", COLLECTED)], None),
    ("(tổng hợp)", [], [], None),
    ("Hoàng Nam (lược dịch)", ["Hoàng Nam"], [("Hoàng Nam", COLLECTED)], None),
    ("TTXVN", [], [], "TTXVN"),
    ("Theo TTXVN", [], [], "TTXVN"),
    ("(Theo TTXVN)", [], [], "TTXVN"),
    ("Nguồn: chinhphu.vn", [], [], "chinhphu.vn"),
    ("Theo Báo Tin tức", [], [], "Báo Tin tức"),
    ("Hồ Hương/TTXVN", ["Hồ Hương"], [("Hồ Hương", TEXT)], "TTXVN"),
    ("Hồ Hương (theo TTXVN)", ["Hồ Hương"], [("Hồ Hương", TEXT)], "TTXVN"),
    ("THANH HÀ (Tổng hợp theo TTXVN)", ["Thanh Hà"], [("Thanh Hà", COLLECTED)], "TTXVN"),
    ("Theo TTXVN/Vietnam+", [], [], "TTXVN, Vietnam+"),
    ("Chí Linh-BBL", ["Chí Linh"], [("Chí Linh", TEXT)], None),
    ("Lê Hà - Minh Tú", ["Lê Hà", "Minh Tú"], [("Lê Hà", TEXT), ("Minh Tú", TEXT)], None),
    ("LÊ HÀ-MINH TÚ", ["Lê Hà", "Minh Tú"], [("Lê Hà", TEXT), ("Minh Tú", TEXT)], None),
    ("Lê Hà, Minh Tú", ["Lê Hà", "Minh Tú"], [("Lê Hà", TEXT), ("Minh Tú", TEXT)], None),
    ("Lê Hà và Minh Tú", ["Lê Hà", "Minh Tú"], [("Lê Hà", TEXT), ("Minh Tú", TEXT)], None),
    ("Phóng viên Lê Hà", ["Lê Hà"], [("Lê Hà", TEXT)], None),
    ("Trường Giang", ["Trường Giang"], [("Trường Giang", TEXT)], None),
    ("Nhóm PV", [], [("Nhóm PV", TEXT)], None),
    ("Báo Cần Thơ", [], [], None),
    ("Báo Cần Thơ Online", [], [], None),
    ("UBND TP CẦN THƠ", [], [], None),
    ("TRƯỜNG ĐẠI HỌC Y DƯỢC", [], [], None),
    # whom a text follows is a paper, where the name cannot be a Vietnamese one
    ("Theo Evening Courier", [], [], "Evening Courier"),
    ("Theo KQR", [], [], "KQR"),
    ("V.H (Theo Health Weekly)", ["V.H"], [("V.H", TEXT)], "Health Weekly"),
    ("Minh Tú (tổng hợp từ Ocean Post)", ["Minh Tú"], [("Minh Tú", COLLECTED)], "Ocean Post"),
    ("Theo Vườn Trẻ Cười", [], [], "Vườn Trẻ Cười"),
    ("Theo Phố Cổ", [], [], "Phố Cổ"),
    ("Theo The Tide", [], [], "The Tide"),
    ("Theo An Ninh Miền Quê", [], [], "An Ninh Miền Quê"),
    ("Theo Hà Nội Mới", [], [], "Hà Nội Mới"),
    ("Theo THANH NIÊN", [], [], "THANH NIÊN"),
    ("Theo Vườn nhà & Bếp nhà", [], [], "Vườn nhà & Bếp nhà"),
    ("Theo Vườn Nhà và Bếp Nhà, VnExpress", [], [], "Vườn Nhà và Bếp Nhà, VnExpress"),
    ("Theo báo Vườn nhà và Bếp nhà", [], [], "báo Vườn nhà và Bếp nhà"),
    ("Theo Tuổi Trẻ và TTXVN", [], [], "Tuổi Trẻ, TTXVN"),
    ("Theo Lê Hà và Minh Tú", ["Lê Hà", "Minh Tú"], [("Lê Hà", COLLECTED), ("Minh Tú", COLLECTED)], None),
    ("Theo Minh Tú (Dân trí)", ["Minh Tú"], [("Minh Tú", COLLECTED)], "Dân trí"),
    ("Theo Ngọc Pao", ["Ngọc Pao"], [("Ngọc Pao", COLLECTED)], None),
    ("Theo H.Y", ["H.Y"], [("H.Y", COLLECTED)], None),
    ("Nguồn: Lê Hà", ["Lê Hà"], [("Lê Hà", COLLECTED)], None),
    ("Lê Hà/Tuổi Trẻ", ["Lê Hà"], [("Lê Hà", TEXT)], "Tuổi Trẻ"),
    ("Lê Hà - Minh Tú Ảnh: X.T", ["Lê Hà", "Minh Tú"], [("Lê Hà", TEXT), ("Minh Tú", TEXT), ("X.T", PHOTO)], None),
    # degrees, ranks and callings are no names; kinds of texts are labels
    ("Thạc sĩ, bác sĩ Lâm Thị Nguyệt", ["Lâm Thị Nguyệt"], [("Lâm Thị Nguyệt", TEXT)], None),
    ("PGS.TS Lâm Văn Tới", ["Lâm Văn Tới"], [("Lâm Văn Tới", TEXT)], None),
    ("Đại tá Lâm Văn Tới - Nhà văn Lê Hà", ["Lâm Văn Tới", "Lê Hà"], [("Lâm Văn Tới", TEXT), ("Lê Hà", TEXT)], None),
    ("Truyện ngắn của Lê Hà", ["Lê Hà"], [("Lê Hà", TEXT)], None),
    ("Tản mạn của Lê Hà", ["Lê Hà"], [("Lê Hà", TEXT)], None),
    ("Thơ: Lê Hà", ["Lê Hà"], [("Lê Hà", TEXT)], None),
    ("Thực hiện: Lê Hà - Minh Tú", ["Lê Hà", "Minh Tú"], [("Lê Hà", TEXT), ("Minh Tú", TEXT)], None),
]


@pytest.mark.parametrize(("printed", "authors", "contributors", "source"), FORMS)
def test_a_byline_is_read(
    printed: str, authors: list[str], contributors: list[tuple[str, str]], source: str | None
) -> None:
    byline = read_byline(printed, OWN)
    assert list(byline.authors) == authors
    assert [(one.name, one.role) for one in byline.contributors] == contributors
    assert byline.source == source
    assert byline.printed == printed


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("NGUYỄN THỊ THÙY LINH", "Nguyễn Thị Thùy Linh"),
        ("K'BRIU", "K'Briu"),
        ("P.Y", "P.Y"),
        ("X.T.", "X.T."),
        ("PY", "PY"),
        ("Hà Vy", "Hà Vy"),
    ],
)
def test_capitals_become_a_name_and_initials_stay(printed: str, name: str) -> None:
    assert as_name(printed) == name


@pytest.mark.parametrize(
    ("printed", "authors", "contributors", "source"),
    [
        ("Bài, ảnh, clip: LÊ HÀ", ["Lê Hà"], [("Lê Hà", "text"), ("Lê Hà", "photo")], None),
        ("Bút ký: LÊ HÀ", ["Lê Hà"], [("Lê Hà", "text")], None),
        ("Ghi chép của LÊ HÀ", ["Lê Hà"], [("Lê Hà", "text")], None),
        ("ThS.BS Lê Thị Hà", ["Lê Thị Hà"], [("Lê Thị Hà", "text")], None),
        ("LÊ HÀ (Tổng hợp từ AFP, Reuters)", ["Lê Hà"], [("Lê Hà", "collected")], "AFP, Reuters"),
        ("LÊ HÀ (Dịch từ BBC)", ["Lê Hà"], [("Lê Hà", "collected")], "BBC"),
    ],
)
def test_kinds_of_writing_degrees_and_what_was_drawn_from_are_read(
    printed: str, authors: list[str], contributors: list[tuple[str, str]], source: str | None
) -> None:
    byline = read_byline(printed, OWN)
    assert list(byline.authors) == authors
    assert [(one.name, one.role) for one in byline.contributors] == contributors
    assert byline.source == source


@pytest.mark.parametrize(
    "line",
    [
        "Lê Thị Hà",
        "Lê Thị Hà (TTXVN)",
        "Kỹ sư Lê Thị Hà (Trung tâm Khuyến nông tỉnh)",
        "Thạc sĩ, bác sĩ Lê Thị Hà",
        "Truyện ngắn của Lê Thị Hà",
        "Ghi chép: Lê Thị Hà - Võ Thành",
        "Nhóm PV",
    ],
)
def test_a_line_of_names_is_a_byline_with_label_degree_and_office(line: str) -> None:
    assert is_plain_byline(line)


@pytest.mark.parametrize(
    "line",
    [
        "Thạc sĩ, bác sĩ",
        "Ghi chép: những ngày ở cù lao",
        "Lê Thị Hà (trái) trao quà cho bà con",
        "Chia sẻ (12)",
        "Bài: ",
        "(" * 5000 + "Lê Thị Hà",
    ],
)
def test_a_line_of_other_words_is_none(line: str) -> None:
    assert not is_plain_byline(line)


def test_below_a_headline_a_label_or_a_surname_makes_a_byline() -> None:
    assert writers_below_headline("Tác giả: Lam Khê") == ("Lam Khê",)
    assert writers_below_headline("Bác sĩ Nguyễn Thị Út") == ("Nguyễn Thị Út",)
    assert writers_below_headline("PV Nguyễn Thị Út - 07/03/2026 08:06") == ("Nguyễn Thị Út",)
    assert writers_below_headline("07/03/2026 08:06 | Đăng bởi: Lam Khê") == ("Lam Khê",)
    assert writers_below_headline("Thứ Bảy, 07/03/2026 - Nguyễn Thị Út (ghi)") == ("Nguyễn Thị Út",)
    assert writers_below_headline("Lam Khê") == ()
    for section in ("Đăng Ký", "Đô Thị", "Hồ Sơ", "Đào Tạo"):
        assert writers_below_headline(section) == ()
    assert writers_below_headline("Đồng Tháp - 07/03/2026") == ()


def test_a_broadcaster_in_brackets_is_one_name() -> None:
    assert read_byline("Tin, ảnh: Thu Hà (Đài PT-TH Gò Nổi)").authors == ("Thu Hà",)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Lam Khê (lược ghi)", ("Lam Khê",)),
        ("Lam Khê ghi", ("Lam Khê",)),
        ("Lam Khê - Thu Hà (thực hiện)", ("Lam Khê", "Thu Hà")),
        ("Lam Khê (CTV)", ("Lam Khê",)),
        ("Lam Khê - Thu Hà - BGN", ("Lam Khê", "Thu Hà")),
    ],
)
def test_notes_and_the_papers_code_behind_names_are_no_names(line: str, authors: tuple[str, ...]) -> None:
    assert is_plain_byline(line)
    assert read_byline(line).authors == authors
