"""Alarms in the words of the site's readers; judges nothing, and gives what it cannot translate as it was recorded."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from archive.health.alarms import Alarm
from archive.web import spoken

# Each kind's name, and what it means for whoever reads the collection
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
    """What of the newspaper it is about; empty where it is about the whole."""
    if not alarm.subject:
        return ""
    if alarm.kind in ("field", "doubt", "confidence"):
        return f"phần “{spoken.field(alarm.subject)}”"
    return f"việc “{alarm.subject}”" if alarm.kind == "late" else f"mục “{alarm.subject}”"


def detail(alarm: Alarm) -> str:
    """What was found."""
    for pattern, said in _DETAILS:
        if found := re.fullmatch(pattern, alarm.detail, re.DOTALL):
            return said(found)
    return alarm.detail


def _when(text: str) -> str:
    return spoken.moment(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC))


def _span(text: str) -> str:
    return text.replace(" h", " giờ").replace(" days", " ngày")


def _failing(found: re.Match[str]) -> str:
    reason = f" ({found['reason']})" if found["reason"] else ""
    good = f"lần hoàn tất gần nhất là {found['good']}" if found["good"] else "chưa lần nào hoàn tất"
    return f"Hai lần gần nhất đều thất bại{reason}; {good}."


def _disk(found: re.Match[str]) -> str:
    free = found["free"].replace(".", ",")
    if found["days"] is None:
        return f"Còn trống {free} GB; chưa biết mỗi ngày thêm bao nhiêu."
    return f"Còn trống {free} GB, khoảng {found['days']} ngày nữa thì đầy; {found['fastest']} thêm nhanh nhất."


def _fields(found: re.Match[str]) -> str:
    what = "thiếu phần này" if found["what"] == "lack it" else "đáng ngờ ở phần này"
    return f"{found['now']} trong {found['count']} bài mới nhất {what}; trước đó là {found['before']}."


def _layout(found: re.Match[str]) -> str:
    said = []
    if found["lost"]:
        said.append(f"{found['lost']} trong {found['pages']} trang không đọc ra bài, hay gặp nhất: {found['most']}")
    if found["beside"]:
        said.append(f"{found['beside']} trong {found['read']} bài phải đọc ngoài khuôn mẫu của báo")
    return f"Trong một ngày, {'; '.join(said)}."


def _robots(found: re.Match[str]) -> str:
    said = []
    if found["lists"]:
        more = f" và {found['more']} trang nữa" if found["more"] else ""
        said.append(f"{found['lists']} trang danh sách ({found['named']}{more})")
    if found["articles"]:
        said.append(f"{found['articles']} trong {found['of']} bài mới nhất")
    return f"Từ {_when(found['since'])}, robots.txt cấm {' và '.join(said)}."


def _unread(found: re.Match[str]) -> str:
    named = re.sub(r" \(tried (\d+) times\)", r" (đã thử \1 lần)", found["named"])
    more = f" và {found['more']} trang nữa" if found["more"] else ""
    return f"{found['count']} trang chưa đọc được, từ {_when(found['since'])}: {named}{more}."


_INSTANT = r"\d{4}-\d\d-\d\d \d\d:\d\d"
_DETAILS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (
        rf"nothing since (?P<since>{_INSTANT}) UTC, (?P<silent>.+); its longest silence was (?P<longest>.+)",
        lambda found: (
            f"Không có bài nào từ {_when(found['since'])}, đã {_span(found['silent'])}; "
            f"trước nay im lặng lâu nhất {_span(found['longest'])}."
        ),
    ),
    (
        r"the last runs failed(?:: (?P<reason>.*))?; (?:the last good one was (?P<good>.+)|none was good yet)",
        _failing,
    ),
    (
        r"(?P<now>\d+%) of the requests (?:of|(?P<day>within a day, to)) (?P<run>[^,]+),? failed; "
        r"usually (?P<usual>\d+%) do",
        lambda found: (
            f"{found['now']} lượt hỏi {'trong một ngày, đến lần' if found['day'] else 'của lần'} {found['run']} "
            f"bị lỗi; bình thường là {found['usual']}."
        ),
    ),
    (
        rf"since (?P<since>{_INSTANT}) UTC robots\.txt forbids "
        r"(?:(?P<lists>\d+) lists?: (?P<named>[^;]*?)(?: and (?P<more>\d+) more)?)?(?:; )?"
        r"(?:(?P<articles>\d+) of the last (?P<of>\d+) articles)?",
        _robots,
    ),
    (
        rf"(?P<count>\d+) captured pages? could not be read yet, since (?P<since>{_INSTANT}) UTC: "
        r"(?P<named>.*?)(?: and (?P<more>\d+) more)?",
        _unread,
    ),
    (
        r"(?:(?P<lost>\d+) of (?P<pages>\d+) pages within a day gave no article \((?P<most>.*)\))?(?:; )?"
        r"(?:(?P<beside>\d+) of (?P<read>\d+) articles within a day were read although the rules did not fit)?",
        _layout,
    ),
    (
        r"(?P<now>\d+%) of the last (?P<count>\d+) articles (?P<what>lack it|are doubtful in it); "
        r"(?P<before>\d+%) of those before",
        _fields,
    ),
    (
        r"confidence (?P<now>[\d.]+) in the last (?P<count>\d+) articles; (?P<before>[\d.]+) in those before",
        lambda found: (
            f"Độ chắc chắn là {found['now'].replace('.', ',')} ở {found['count']} bài mới nhất; "
            f"trước đó là {found['before'].replace('.', ',')}."
        ),
    ),
    (
        rf"was to run at (?P<at>{_INSTANT}) UTC, (?P<late>.+) ago",
        lambda found: f"Đáng lẽ chạy lúc {_when(found['at'])}, đã trễ {_span(found['late'])}.",
    ),
    (
        r"(?P<free>[\d.]+) GB are free: "
        r"(?:full in (?P<days>-?\d+) days, (?P<fastest>.+) grows fastest|growth unknown yet)",
        _disk,
    ),
)
