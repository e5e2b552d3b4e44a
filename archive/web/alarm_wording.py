"""Alarms in Vietnamese, made from their figures."""

from __future__ import annotations

from datetime import timedelta
from functools import singledispatch
from typing import Any

from archive.health.alarm import (
    Alarm,
    Confidence,
    Disk,
    Errors,
    Failing,
    FieldShare,
    Lacking,
    Late,
    Layout,
    Robots,
    Silence,
    UnreadPages,
)
from archive.web import wording

# The name of each kind, and what it means for readers
KINDS = {
    "silence": (
        "Chuyên mục im lặng",
        "Lâu hơn hẳn mọi khi không có bài mới: có thể báo đã ngừng đăng, hoặc đã đổi trang.",
    ),
    "failing": ("Thu thập thất bại liên tiếp", "Bài mới của báo chưa vào kho."),
    "errors": ("Nhiều lỗi hơn hẳn mọi khi", "Báo không trả lời, hoặc trả lời là có lỗi."),
    "layout": ("Trang báo có thể đã đổi", "Nhiều trang đã lưu mà không đọc ra bài; trang gốc vẫn còn trong kho."),
    "field": ("Thiếu một phần của bài", "Phần này trước đây đọc được, nay thường không thấy."),
    "doubt": ("Một phần của bài đáng ngờ", "Các cách đọc trang không còn khớp nhau ở phần này."),
    "confidence": ("Một phần của bài kém chắc chắn hơn", "Các cách đọc trang ít khớp nhau hơn trước ở phần này."),
    "unread": (
        "Trang đã lưu mà chưa đọc được",
        "Bản gốc vẫn còn nguyên trong kho; mỗi lần thu thập sau sẽ đọc lại, đến khi đọc được mới thôi.",
    ),
    "robots": ("Báo không cho thu thập nữa", "robots.txt của báo nay cấm những trang trước đây cho phép."),
    "late": ("Trễ lịch", "Một việc theo lịch đã không chạy đúng giờ."),
    "disk": ("Đĩa sắp đầy", "Khi đĩa đầy, việc thu thập dừng lại; những gì đã lưu không mất."),
}


def kind(alarm: Alarm) -> str:
    """The name of the alarm's kind."""
    return KINDS.get(alarm.kind, (alarm.kind, ""))[0]


def meaning(alarm: Alarm) -> str:
    """What an alarm of this kind means."""
    return KINDS.get(alarm.kind, ("", ""))[1]


def subject(alarm: Alarm) -> str:
    """The part of the newspaper that the alarm concerns; empty if it concerns all of it."""
    if not alarm.subject:
        return ""
    if alarm.kind in ("field", "doubt", "confidence"):
        return f"phần “{wording.field(alarm.subject)}”"
    return f"việc “{alarm.subject}”" if alarm.kind == "late" else f"mục “{alarm.subject}”"


def detail(alarm: Alarm) -> str:
    """The figures in words; for alarms of earlier versions, the recorded text."""
    return _detail_of(alarm.figures) if alarm.figures is not None else alarm.detail


@singledispatch
def _detail_of(figures: Any) -> str:
    return str(figures)


@_detail_of.register
def _(found: Silence) -> str:
    silent = f"Không có bài nào từ {wording.moment(found.since)}, đã {_span(found.silent)}"
    return f"{silent}; trước nay im lặng lâu nhất {_span(found.longest)}."


@_detail_of.register
def _(found: Failing) -> str:
    why = ": ".join(filter(None, (found.failure_kind and wording.why_failed(found.failure_kind), found.failure)))
    reason = f" ({why})" if why else ""
    good = f"lần hoàn tất gần nhất là {found.last_good}" if found.last_good else "chưa lần nào hoàn tất"
    return f"Hai lần gần nhất đều thất bại{reason}; {good}."


@_detail_of.register
def _(found: Errors) -> str:
    which = "trong một ngày, đến lần" if found.within_a_day else "của lần"
    return f"{found.share:.0%} lượt hỏi {which} {found.run} bị lỗi; bình thường là {found.usual:.0%}."


@_detail_of.register
def _(found: Robots) -> str:
    parts = []
    if found.lists:
        more = f" và {found.lists - len(found.named)} trang nữa" if found.lists > len(found.named) else ""
        parts.append(f"{found.lists} trang danh sách ({', '.join(found.named)}{more})")
    if found.articles:
        parts.append(f"{found.articles} trong {found.of_articles} bài mới nhất")
    return f"Từ {wording.moment(found.since)}, robots.txt cấm {' và '.join(parts)}."


@_detail_of.register
def _(found: Layout) -> str:
    parts = []
    if found.rejected:
        most = "; ".join(f"{wording.field(field)}: {wording.why(reason)}" for field, reason in found.reasons)
        parts.append(f"{found.rejected} trong {found.read} trang không đọc ra bài, hay gặp nhất: {most}")
    if found.beside:
        parts.append(f"{found.beside} trong {found.read} bài phải đọc ngoài khuôn mẫu của báo")
    return f"Trong một ngày, {'; '.join(parts)}."


@_detail_of.register
def _(found: FieldShare) -> str:
    wrong = "thiếu phần này" if isinstance(found, Lacking) else "đáng ngờ ở phần này"
    return f"{found.share:.0%} trong {found.articles} bài mới nhất {wrong}; trước đó là {found.before:.0%}."


@_detail_of.register
def _(found: Confidence) -> str:
    now = f"Độ chắc chắn là {_decimal(found.mean, 2)} ở {found.articles} bài mới nhất"
    return f"{now}; trước đó là {_decimal(found.before, 2)}."


@_detail_of.register
def _(found: UnreadPages) -> str:
    named = ", ".join(f"{url} (đã thử {tries} lần)" for url, tries in found.named)
    more = f" và {found.pages - len(found.named)} trang nữa" if found.pages > len(found.named) else ""
    return f"{found.pages} trang chưa đọc được, từ {wording.moment(found.since)}: {named}{more}."


@_detail_of.register
def _(found: Late) -> str:
    return f"Đáng lẽ chạy lúc {wording.moment(found.due)}, đã trễ {_span(found.late)}."


@_detail_of.register
def _(found: Disk) -> str:
    free = f"Còn trống {_decimal(found.free / 1e9, 1)} GB"
    if found.days is None:
        return f"{free}; chưa biết mỗi ngày thêm bao nhiêu."
    return f"{free}, khoảng {found.days:.0f} ngày nữa thì đầy; {found.fastest} thêm nhanh nhất."


def _decimal(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def _span(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours:.0f} giờ" if hours < 72 else f"{hours / 24:.0f} ngày"
