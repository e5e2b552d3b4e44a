"""Correction notes, by which a newspaper says that it changed an article."""

from __future__ import annotations

import re

from archive.changes.words import composed

_BEGINS = r"^[\s\W]*"
_PAPER = r"(?:t(?:òa|oà) soạn|ban biên tập|bbt|bạn đọc|độc giả|chúng tôi|báo [^.;:]{2,60}|tạp chí [^.;:]{2,60})"
_SORRY = r"(?:xin lỗi|cáo lỗi|thành thật xin lỗi|chân thành xin lỗi|xin cáo lỗi|xin được xin lỗi)"
_ARTICLE = r"(?:bài viết|bài báo|bài|bản tin|tin bài|tin)"
_PARTS = r"(?:nội dung|thông tin|số liệu|tiêu đề|tít|ảnh|hình ảnh|chú thích ảnh)"
_MENDED = r"(?:cập nhật|sửa|sửa lại|sửa đổi|chỉnh sửa|hiệu chỉnh|hiệu đính|đính chính|điều chỉnh|thay thế|bổ sung)"
_NOTE = re.compile(
    "|".join(
        (
            # at the beginning of a paragraph, as a heading of a note has it; "cải chính hộ tịch" is a matter of courts
            rf"{_BEGINS}(?:lời |tin |thông báo |xin |thư )?(?:đính chính|cải chính(?! hộ tịch))"
            r"(?:\s*(?:[:.\-–—)\]]|$)| (?:và (?:xin lỗi|cáo lỗi)|thông tin|bài|tin|về|nội dung))",
            rf"{_BEGINS}(?:xin lỗi|cáo lỗi)(?: cùng| với)? (?:bạn đọc|độc giả)",
            rf"{_BEGINS}nói lại cho (?:rõ|đúng)",
            # the paper speaks of itself
            rf"(?:^|[.!?] )[^.]{{0,200}}?{_PAPER} (?:[^.;]{{0,40}} )?{_SORRY} (?:[^.;]{{0,30}} )?"
            r"(?:bạn đọc|độc giả|sự cố|ông|bà|quý|các|tác giả|về)",
            rf"t(?:òa|oà) soạn (?:[^.;]{{0,40}} )?(?:{_SORRY}|(?:xin )?(?:đính chính|cải chính|sửa lại|nói lại))",
            r"(?:báo|ban biên tập|chúng tôi) (?:[^.;]{0,60} )?xin (?:được )?(?:đính chính|cải chính|nói lại|sửa lại)",
            rf"{_BEGINS}(?:lưu ý:? )?{_ARTICLE}(?: này| trên)? (?:đã|vừa)(?: được)?(?: t(?:òa|oà) soạn)? {_MENDED}",
            rf"{_BEGINS}(?:lưu ý:? )?{_PARTS}(?: này| trên| trong bài| bài viết)? (?:đã|vừa) được(?: t(?:òa|oà) soạn)? "
            rf"{_MENDED}(?: lại)?(?:\s*[.)\]]|\s*$| (?:so với|lúc|ngày|vào (?:lúc|hồi|ngày|\d)|sau khi đăng))",
            r"(?:trong )?(?:phiên bản|bản) (?:trước|đầu|ban đầu)(?: đây| đó)? (?:của )?(?:bài|tin)[^.]{0,60} "
            r"(?:nhầm|sai|viết|ghi|nêu)",
            rf"{_BEGINS}correction\b\s*[:.\-–—]",
            r"an earlier version of (?:this|the) (?:article|story)",
            r"this (?:article|story) (?:has been|was) (?:updated|corrected|amended)",
            r"we (?:sincerely )?apologi[sz]e for (?:the|this) (?:error|mistake)",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
_LONGEST = 4000
"""Characters of a paragraph that are looked at."""


def has_note(text: str) -> bool:
    """Whether a paragraph is a newspaper's note that it corrected the article."""
    return _NOTE.search(composed(text)[:_LONGEST]) is not None
