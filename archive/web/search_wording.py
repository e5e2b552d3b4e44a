"""What is wrong with a query or a day that was typed, in Vietnamese."""

from __future__ import annotations

from archive.errors import BadQuery, DayFault, NoSuchDay, QueryFault

_DAYS = {
    DayFault.NO_FORM: "Không đọc được ngày “{text}”; hãy viết ngày như 31/01/2026, tháng như 01/2026, năm như 2026.",
    DayFault.NO_SUCH_YEAR: "Không có năm này trong kho: “{text}”; năm phải từ {first} đến {last}.",
    DayFault.NO_SUCH_MONTH: "“{text}”: không có tháng {month}.",
    DayFault.NO_SUCH_DAY: "“{text}”: tháng {month} năm {year} chỉ có {last} ngày.",
}
_QUERIES = {
    QueryFault.NO_WORD: "Câu tìm không có từ nào.",
    QueryFault.TOO_LONG: "Câu tìm dài quá {0} ký tự.",
    QueryFault.TOO_MANY_WORDS: "Câu tìm có hơn {0} từ.",
    QueryFault.TOO_DEEP: "Câu tìm có hơn {0} lớp ngoặc hoặc chữ NOT lồng nhau.",
    QueryFault.QUOTE_OPEN: "Thiếu dấu ngoặc kép đóng ở {0}.",
    QueryFault.PARENTHESIS_OPEN: "Thiếu dấu ngoặc đơn đóng.",
    QueryFault.PARENTHESIS_CLOSED: "Thừa một dấu ngoặc đơn đóng.",
    QueryFault.PARENTHESIS_EMPTY: "Trong ngoặc đơn không có từ nào.",
    QueryFault.NOTHING_BEFORE: "Trước {0} không có từ nào.",
    QueryFault.NOTHING_BEHIND: "Sau {0} không có từ nào.",
    QueryFault.UNKNOWN_FIELD: (
        "Không có trường {0}. Các trường: tiêu đề, chú thích, tác giả, báo, chuyên mục, nguồn, ngày."
    ),
    QueryFault.FIELD_IN_FIELD: "Không đặt được trường {0} trong một trường khác.",
    QueryFault.WILDCARD_PLACE: "Dấu * chỉ được đứng ở cuối từ: {0}.",
    QueryFault.WILDCARD_SHORT: "Trước dấu * cần ít nhất {0} chữ.",
    QueryFault.PROXIMITY: "Sau dấu ~ cần một số từ 1 đến {0}.",
    QueryFault.PERIOD_REVERSED: "Khoảng thời gian kết thúc trước khi bắt đầu.",
}


def why_no_day(error: NoSuchDay) -> str:
    """What is wrong with a day, and how days are written."""
    return _DAYS[error.fault].format(
        text=error.text[:20], month=error.month, year=error.year, first=error.first, last=error.last
    )


def why_no_query(error: BadQuery) -> str:
    """What is wrong with a query, in one sentence."""
    if error.day is not None:
        return why_no_day(error.day)
    return _QUERIES[error.fault].format(error.detail or f"“{error.part[:60]}”")
