"""Lines of a page's own that stand amid its articles: buttons, invitations to follow or subscribe, copyright, marks of
templates, and lines above links to other articles."""

from __future__ import annotations

import functools
import re

_LONGEST_INVITATION = 300
_LONGEST_LINE = 160
# A button or a label, and nothing else
_LABEL = re.compile(
    r"\W*(?:comments?|leave a comment|advertisement|share(?: this)?|print|follow us|subscribe(?: now)?|sign up|"
    r"loading.*|read more|"
    r"bình luận|quảng cáo|gửi (?:bình luận|ý kiến)|in (?:bài|trang|bài viết)|lưu (?:bài|bài viết)|cỡ chữ|"
    r"nghe (?:đọc )?(?:bài|bài viết|audio)|giọng (?:nam|nữ)|tốc độ đọc|(?:về|lên) đầu trang|quay lại|theo dõi|"
    r"sao chép liên kết|"
    r"chia sẻ(?:\s+bài\s+viết)?\W{0,9}(?:(?:qua|lên|facebook|zalo|twitter|e?mail|messenger)\W{0,9}){0,6}|"
    r"kommentare?|werbung|anzeige|publicité|publicidad|annons|reklame)\W*",
    re.IGNORECASE,
)
# What a program was to replace: $$AD$$, {{ ad }}, %%ad%%, [[ad]]
_MARK = re.compile(r"\s*(?:\$\$[\w .-]{1,60}\$\$|\{\{[^{}]{0,60}\}\}|%%[\w .-]{1,60}%%|\[\[[\w .-]{1,60}\]\])\s*")
_COPYRIGHT = re.compile(r"\s*(?:©|\(c\)\s|copyright\b|bản quyền\b)", re.IGNORECASE)
_CONTACT = re.compile(
    r"\s*(?:e-?mail\s*:\s*)?(?:[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}|"
    r"(?:https?://)?(?:www\.)?(?:twitter|x|facebook|instagram|tiktok|youtube)\.com/[\w.@/-]{1,80})\s*"
)
_MEDIA = (
    r"(?:facebook|fanpage|twitter|instagram|youtube|tiktok|zalo|telegram|whatsapp|viber|messenger|"
    r"google\s+(?:news|tin\s+tức))"
)
_FOLLOW = re.compile(
    r"\W*(?:(?:please\s+)?(?:follow|like|join|chat\s+with)\s+[^.]{1,60}?\b(?:on|in)\s+[^.]{0,30}?" + _MEDIA + r"|"
    r"(?:hãy\s+|vui\s+lòng\s+|(?:kính\s+)?mời\s+(?:quý\s+)?(?:bạn|độc\s+giả|vị|các\s+bạn)(?:\s+đọc)?\s+)?"
    r"(?:theo\s+dõi|tham\s+gia|kết\s+nối\s+với|quan\s+tâm|bấm|nhấn|cài\s+đặt|tải)\s[^.]{1,80}?\b(?:trên|tại|qua|của|vào|nhóm|kênh|về)\s[^.]{0,40}?"
    + _MEDIA + r")",
    re.IGNORECASE,
)  # fmt: skip
_NEWSLETTER = re.compile(
    r"newsletter|e-?mail\s+alerts?|\bbản\s+tin\s+(?:e-?mail|hằng\s+ngày|hàng\s+ngày)|bulletin", re.IGNORECASE
)
_ORDER = re.compile(
    r"\b(?:sign(?:ing)?\s+up|subscribe|subscribing|register|your\s+inbox|join\s+our|get\s+our|đăng\s+ký|abonnier\w*|melden\s+sie|"
    r"anmelden|inscri\w+|abonne\w*|suscr\w+|iscriv\w+|schrijf|prenumer\w+|informiert\s+sie|jeden\s+\w+tag)\b",
    re.IGNORECASE,
)
_COMMISSION = re.compile(
    r"\bmay\s+(?:earn|receive)\s+(?:an?\s+)?(?:small\s+)?(?:affiliate\s+)?commission", re.IGNORECASE
)
_SHARE = re.compile(r"\W*(?:like|enjoy(?:ed)?)\s+this\s+(?:story|article)\s*\?", re.IGNORECASE)
# A line of its own above links to other articles
_POINTER = re.compile(
    r"\W*(?:(?:also\s+)?read(?:\s+(?:more|also|next|on))?|related(?:\s+(?:articles?|stories|news|content))?|see\s+also|"
    r"(?:don['’]t|you\s+may)\s+(?:miss|also\s+like)|most\s+(?:read|popular)(?:\s+in\s+\w+)?|explore\s+(?:further|more)|"
    r"more\s+(?:on\s+this(?:\s+(?:story|topic))?|stories|news)|recommended(?:\s+for\s+you)?|"
    r"xem\s+thêm|đọc\s+thêm|xem\s+tiếp|(?:các\s+)?(?:tin|bài)(?:\s+viết)?\s+(?:liên\s+quan|khác|nổi\s+bật|cùng\s+chuyên\s+mục)|"
    r"tin\s+(?:mới|nóng)|(?:có\s+thể\s+)?(?:bạn|quý\s+vị)\s+(?:có\s+thể\s+)?quan\s+tâm|đọc\s+nhiều|tham\s+khảo\s+thêm|"
    r"(?:lesen|sehen|hören)\s+sie\s+(?:auch|mehr)|auch\s+interessant|mehr\s+zum\s+thema|das\s+könnte\s+sie\s+auch\s+interessieren|"
    r"lire\s+aussi|à\s+lire(?:\s+aussi)?|noticias?\s+relacionadas?|lee\s+también|leia\s+(?:também|mais)|leggi\s+anche|"
    r"lees\s+ook|les\s+også|läs\s+(?:också|mer))\W*",
    re.IGNORECASE,
)


def is_notice(text: str) -> bool:
    """Whether a line is the site's and no article's, whatever stands around it."""
    return len(text) <= _LONGEST_INVITATION and _is_notice(text)


@functools.lru_cache(maxsize=2048)  # the site's own lines stand on each of its pages
def _is_notice(text: str) -> bool:
    if _NEWSLETTER.search(text) and _ORDER.search(text):
        return True
    if len(text) > _LONGEST_LINE:
        return False
    whole = (_LABEL, _MARK, _CONTACT)
    return any(pattern.fullmatch(text) for pattern in whole) or any(
        pattern.match(text) for pattern in (_COPYRIGHT, _FOLLOW, _SHARE)
    ) or _COMMISSION.search(text) is not None  # fmt: skip


def is_pointer(text: str) -> bool:
    """Whether a line says that links to other articles follow: "Xem thêm:"."""
    return _POINTER.fullmatch(text) is not None
