"""Times, numbers and reasons in Vietnamese."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")

FIELDS = {
    "title": "tựa bài",
    "published_at": "giờ đăng",
    "section": "chuyên mục",
    "kicker": "dòng trên tựa",
    "lead": "sapo",
    "body": "nội dung",
    "authors": "tác giả",
    "byline": "dòng tác giả",
    "contributors": "người tham gia",
    "source": "nguồn tin",
    "modified_at": "giờ sửa bài",
    "images": "hình ảnh",
    "tags": "từ khóa",
    "canonical_url": "địa chỉ chính thức",
    "article_id": "mã bài của báo",
    "text_encoding": "bảng mã chữ",
    "page": "trang",
    "article": "bài",
    "start": "lúc bắt đầu",
}

_WHY_NO_PICTURE = {
    "missing": "nguồn lưu trữ không có tệp ảnh",
    "error": "lỗi khi tải ảnh",
    "forbidden": "báo không cho phép tải ảnh này",
    "no picture": "ở địa chỉ của ảnh không có ảnh",
}
_WHY_NO_FIELD = (
    (re.compile(r"(?P<css>.+) (?:holds|matches|finds|gives) (?:no|nothing)\b.*"), "trang không có phần này"),
    (re.compile(r"no element (?:matches|holds) .+"), "trang không có phần này"),
    (
        re.compile(r"no (?:byline|link rel=canonical and no og:url)|the body has no paragraph"),
        "trang không có phần này",
    ),
    (re.compile(r".+ names no author"), "dòng ghi tên không nêu tác giả nào"),
    (re.compile(r"only the day is given"), "trang chỉ ghi ngày"),
    (re.compile(r"no time in .+"), "trang không ghi giờ"),
    (re.compile(r"not found without a layout"), "chưa có khuôn mẫu cho trang này"),
)


def day(instant: datetime) -> str:
    """A day in Vietnam: 01/10/2026."""
    return instant.astimezone(VIETNAM).strftime("%d/%m/%Y")


def moment(instant: datetime) -> str:
    """An instant in Vietnam: Thứ Năm, 01/10/2026, 08:15."""
    local = instant.astimezone(VIETNAM)
    return f"{WEEKDAYS[local.weekday()]}, {local:%d/%m/%Y, %H:%M}"


def second(instant: datetime) -> str:
    """An instant to the second, with its offset: 08:15:07 ngày 01/10/2026 (UTC+7)."""
    return f"{instant.astimezone(VIETNAM):%H:%M:%S ngày %d/%m/%Y} (UTC+7)"


def calendar_day(value: date) -> str:
    """A day of the calendar: 01/10/2026."""
    return f"{value:%d/%m/%Y}"


def weekday(value: date) -> str:
    """A day with its weekday: Thứ Năm, 01/10/2026."""
    return f"{WEEKDAYS[value.weekday()]}, {value:%d/%m/%Y}"


def lasted(span: timedelta) -> str:
    """How long something took: 7 giây, 12 phút, 3 giờ 20 phút."""
    seconds = max(0, round(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} giây"
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return f"{minutes} phút"
    return f"{hours} giờ {minutes} phút" if minutes else f"{hours} giờ"


def number(value: int) -> str:
    """A whole number with points between thousands: 12.345."""
    return f"{value:,}".replace(",", ".")


def volume(size: int) -> str:
    """A number of bytes: 1,2 GB."""
    amount, unit = float(size), "byte"
    for larger in ("KB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    digits = f"{amount:.1f}" if unit != "byte" and amount < 100 else f"{amount:.0f}"
    return f"{digits.replace('.', ',')} {unit}"


def why_no_picture(reason: str | None) -> str:
    """Why a picture was not captured."""
    if not reason:
        return "chưa có lý do được ghi lại"
    status = re.fullmatch(r"HTTP[ :]?(\d{3})", reason)
    if status:
        return f"máy chủ của báo trả lời lỗi HTTP {status[1]}"
    return _WHY_NO_PICTURE.get(reason, reason)


def why_no_field(reason: str) -> str:
    """Why a field could not be read; a reason without a translation is given as it was recorded."""
    return next((words for pattern, words in _WHY_NO_FIELD if pattern.fullmatch(reason)), reason)


def initial(text: str) -> str:
    """The text with a capital at its beginning; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def field(name: str) -> str:
    """The name of an article's field."""
    return FIELDS.get(name, name)


def article_address(article_id: str) -> str:
    """The address of an article's page on the site."""
    return f"/article/{quote(article_id, safe=':~')}"


def run_address(name: str) -> str:
    """The address of a run's page on the site."""
    return f"/runs/{quote(name, safe=':~')}"


def web_address(url: str | None) -> str | None:
    """The address if it may be linked: http or https only."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme.lower() in {"http", "https"} and parts.netloc else None
