"""Counts, outcomes and reasons of runs in Vietnamese."""

from __future__ import annotations

from archive.ingest.deferral import Deferral

OUTCOMES = {
    "finished": "Hoàn tất",
    "stopped": "Dừng sớm",
    "failed": "Thất bại",
    "interrupted": "Bị ngắt",
    "running": "Chưa kết thúc",
}
WHAT_OUTCOMES_MEAN = {
    "finished": "Mọi địa chỉ đến hạn đã được hỏi; vẫn có thể có trang lẻ bị lỗi.",
    "stopped": "Được lệnh dừng, hoặc chạy quá thời gian cho phép.",
    "failed": "Báo không trả lời lần nào, hoặc không ghi được vào kho.",
    "interrupted": "Chương trình bị ngắt đột ngột; các tệp đã được sắp xếp lại sau đó.",
    "running": "Đang chạy, hoặc bị ngắt mà lần chạy sau chưa ghi nhận.",
}
_NAMES = {
    "pages": "trang đã đọc",
    "pictures": "ảnh đã lưu",
    "articles new": "bài mới",
    "articles changed": "bài có sửa đổi",
    "articles duplicate": "bài không đổi",
    "not modified": "trang báo trả lời là không đổi",
    "rejected": "trang không đọc ra bài",
    "unread": "trang đã lưu mà chưa đọc được",
    "read again": "trang lần trước chưa đọc được, nay đã đọc",
    "reading processes lost": "lần tiến trình đọc trang bị mất",
    "doubtful": "bài có chỗ đáng ngờ",
    "errors": "lỗi",
    "gone": "địa chỉ không còn",
    "missing": "trang không có trong nguồn lưu trữ",
    "forbidden by robots.txt": "bị robots.txt cấm",
    "cut at the end": "địa chỉ đang hỏi thì lần thu thập kết thúc, lần sau hỏi lại",
    "revisits": "bản lặp lại, chỉ lưu chỗ dẫn",
    "WARC records": "bản ghi WARC",
    "WARC bytes": "byte WARC",
    "cookies not kept": "cookie không giữ",
    "schemes refused": "địa chỉ không thuộc web",
    "private addresses refused": "địa chỉ mạng riêng bị từ chối",
    "decompression bombs": "tệp nén phình quá lớn",
    "records with another's id": "bản ghi trùng mã với bản ghi khác, không đọc",
    "coding faults": "nội dung không mã hóa đúng như đầu trả lời nói",
    "header bombs": "đầu trả lời quá lớn",
    "by rules": "bài đọc theo khuôn mẫu của báo",
    "beside the rules": "bài đọc ngoài khuôn mẫu của báo",
    "backfills ended": "chuyên mục đã đọc ngược đến hết",
    "walks ended": "chuyên mục đã đọc ngược đến hết",  # the former name, in older reports
    Deferral.QUIET_HOURS.count_name: "hoãn lại: giờ nghỉ",
    Deferral.HOST_RESTS.count_name: "hoãn lại: máy chủ của báo xin nghỉ",
    Deferral.HOST_DOWN.count_name: "hoãn lại: máy chủ của báo không trả lời",
    Deferral.REQUEST_BUDGET.count_name: "hoãn lại: hết số lượt hỏi trong ngày",
    Deferral.BYTE_BUDGET.count_name: "hoãn lại: hết dung lượng trong ngày",
}
_KINDS = {
    "article": "bài",
    "section": "danh mục",
    "feed": "nguồn tin RSS",
    "sitemap": "sơ đồ trang",
    "picture": "ảnh",
    "page": "trang",
}
_WHY_UNREAD = {
    "ended": "tiến trình đọc trang bị mất giữa chừng",
    "late": "đọc quá lâu",
    "raised": "chương trình đọc trang báo lỗi",
}
_WHY_ENDED = {"finished": "đã hỏi hết", "shutdown": "được lệnh dừng", "archive_failed": "không ghi được vào kho"}


def name(counted: str) -> str:
    """The name of what was counted; one without a translation as it was recorded."""
    return _NAMES.get(counted, counted)


def outcome(ended: str | None) -> str:
    """How a run ended."""
    return OUTCOMES.get(ended or "running", ended or "")


def why_ended(reason: str) -> str:
    """Why a run ended; a reason without a translation as it was recorded."""
    return _WHY_ENDED.get(reason, reason)


def why_unread(failure: str) -> str:
    """Why a captured page could not be read; a reason without a translation as it was recorded."""
    return _WHY_UNREAD.get(failure, failure)


def trouble_kind(kind: str) -> str:
    """The kind of address."""
    return _KINDS.get(kind, kind)
