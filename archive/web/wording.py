"""Times, numbers and reasons in Vietnamese."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from archive.doubts import Doubt, read_doubt
from archive.errors import FailureKind
from archive.reasons import Reason, read_reason

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
_NOT_ON_THE_PAGE = "trang không có phần này"
_REASONS = {
    Reason.NOT_DECLARED: "khuôn mẫu của báo không khai phần này",
    Reason.NO_LAYOUT: "chưa có khuôn mẫu cho trang này",
    Reason.NO_ELEMENT: _NOT_ON_THE_PAGE,
    Reason.EMPTY_ELEMENT: _NOT_ON_THE_PAGE,
    Reason.NO_TIME: "“{}” không phải là giờ",
    Reason.DAY_ONLY: "trang chỉ ghi ngày",
    Reason.NO_AUTHOR: "dòng ghi tên không nêu tác giả nào",
    Reason.NO_BYLINE: _NOT_ON_THE_PAGE,
    Reason.NO_CANONICAL: _NOT_ON_THE_PAGE,
    Reason.NO_PARAGRAPH: _NOT_ON_THE_PAGE,
    Reason.NO_HEADLINE: "trang không có tựa",
    Reason.NO_TIME_FOUND: "trang không ghi giờ",
    Reason.NO_BODY_FOUND: "trang không có đoạn văn nào",
    Reason.NOTHING_FOUND: "không tìm thấy",
    Reason.EMPTY: "để trống",
    Reason.INVALID: "giá trị không đúng dạng: {}",
    Reason.HTTP: "trả lời HTTP {}",
    Reason.FORBIDDEN: "robots.txt của báo không cho phép",
    Reason.BROKEN_OFF: "câu trả lời bị đứt giữa chừng",
    Reason.ELSEWHERE: "dẫn sang {}",
    Reason.ITSELF: "dẫn về chính nó",
    Reason.NO_LIST: "dẫn sang {}, không phải danh mục",
    Reason.NO_ARTICLE_PAGE: "dẫn sang {}, không phải bài",
    Reason.NO_TEXT: "không phải trang chữ",
    Reason.NO_ARTICLES: "trang không nêu bài nào",
    Reason.TOO_MANY_PAGES: "dài hơn {} trang; phần còn lại để lần sau",
    Reason.TOO_MANY_ADDRESSES: "còn {} địa chỉ vượt quá mức đọc của một danh sách",
    Reason.NOT_MODIFIED: "trả lời HTTP 304 dù không được hỏi có điều kiện",
    Reason.EDITS_NOT_BELIEVED: "báo rằng {} bài đã biết có sửa: không đáng tin",
    Reason.NEEDS_JAVASCRIPT: "báo hiện chuyên mục bằng JavaScript; chương trình chỉ theo liên kết có sẵn trong trang",
    Reason.NO_HOME_PAGE: "không có trang chủ",
    Reason.NO_SUCH_SECTION: "trang chủ không có chuyên mục được hỏi: {}",
    Reason.BACKFILL_GOES_ON: "năm lần thu thập không đọc được; việc thu thập bài cũ đi tiếp từ {}",
    Reason.BACKFILL_ENDS: "năm lần thu thập không đọc được; việc thu thập bài cũ dừng ở đây",
    Reason.NO_ARTICLE: "không đọc ra bài, thiếu {}",
    Reason.NO_ANSWER: "máy chủ không trả lời ({})",
    Reason.NOT_IN_TIME: "máy chủ trả lời quá chậm",
    Reason.NOT_RESOLVED: "không tìm thấy máy chủ có tên này ({})",
    Reason.REFUSED: "máy chủ từ chối kết nối",
    Reason.TOO_LONG: "câu trả lời dài hơn {} byte",
    Reason.PRIVATE_ADDRESS: "dẫn sang {}, không thuộc mạng công cộng",
    Reason.ROBOTS_UNREAD: "không lấy được robots.txt của {}",
    Reason.RECORD_UNREADABLE: "không đọc được bản ghi: {}",
    Reason.ORIGINAL_MISSING: "nguồn lưu trữ chỉ có bản ghi trùng ({}), không có bản gốc",
    Reason.READER_ENDED: "tiến trình đọc trang bị dừng, mã {}",
    Reason.READER_LATE: "đọc quá {} giây",
    Reason.READER_FAILED: "lỗi khi đọc trang: {}",
    Reason.READER_STOPPED: "lần thu thập kết thúc trước khi đọc",
    Reason.OTHER: "{}",
}
_DOUBTS = {
    Doubt.LOW_CONFIDENCE: "độ tin cậy {confidence}: lấy từ {source}, {others}",
    Doubt.BODY_WITHOUT_RULE: (
        "độ tin cậy {confidence}: đọc không theo khuôn mẫu, và {ground} (số chữ: giữ {kept}, trafilatura "
        "{trafilatura}, JSON-LD {json_ld}, bỏ ra {left_out})"
    ),
    Doubt.AFTER_CAPTURE: "muộn hơn lúc lưu trang, {captured_at}",
    Doubt.OTHER_DAY: "địa chỉ ghi ngày {day}",
    Doubt.PAGES_UNREAD: "{unread} trong {pages} trang tiếp theo không đọc được",
    Doubt.CONVERTED: "được chuyển từ bảng mã {encoding}",
    Doubt.UNDECLARED_CHARSET: "đọc theo {encoding} dù trang không khai bảng mã này",
    Doubt.UNREADABLE_BYTES: "có chữ mà bảng mã của trang không đọc được",
}
_GROUNDS = {
    "paragraphs": "các cách đọc khác chọn những đoạn khác",
    "trafilatura": "trafilatura đọc ra lượng chữ khác",
    "json_ld": "JSON-LD ghi lượng chữ khác",
    "left_out": "có đoạn dài bên cạnh bài bị bỏ ra",
}
_FAILURES = {
    FailureKind.LOCKED: "lần thu thập khác của báo đang chạy",
    FailureKind.UNANSWERED: "không nhận được câu trả lời nào",
    FailureKind.SECTIONS_UNREAD: "báo có trả lời nhưng không đọc được chuyên mục nào",
    FailureKind.FRUITLESS: "không trang nào trong nguồn lưu trữ cho ra bài",
    FailureKind.REFUSED: "đĩa, danh mục hoặc đồng hồ của máy không cho ghi",
    FailureKind.MISUSED: "thiết lập hoặc tham số sai",
    FailureKind.OTHER: "lỗi khác",
}


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


def percent(share: float | None) -> str:
    """A share of 0 to 1: 12,3 %; a dash where there is none."""
    return "–" if share is None else f"{share * 100:.1f} %".replace(".", ",")


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
    if reason in _WHY_NO_PICTURE:
        return _WHY_NO_PICTURE[reason]
    code, detail = read_reason(reason)
    return f"máy chủ của báo trả lời lỗi HTTP {detail}" if code is Reason.HTTP else why(reason)


def why(reason: str) -> str:
    """A stored reason in Vietnamese; the message of an error stays as it is."""
    code, detail = read_reason(reason)
    return _REASONS[code].format(detail)


def why_doubtful(stored: str) -> str:
    """A stored doubt in Vietnamese; a sentence that no version wrote stays as it is."""
    doubt, values = read_doubt(stored)
    if doubt is Doubt.OTHER:
        return values["sentence"]
    others = values.get("others")
    said = {
        **values,
        "others": f"nguồn khác ghi khác: {others.replace(',', ', ')}" if others else "không có nguồn nào khác xác nhận",
        "ground": _GROUNDS.get(values.get("ground", ""), values.get("ground", "")),
    }
    try:
        return _DOUBTS[doubt].format(**said)
    except KeyError:  # an item that somebody changed
        return stored


def why_failed(kind: FailureKind) -> str:
    """Why a run failed."""
    return _FAILURES[kind]


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
