"""Collections of given articles, compared one by one or at once."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from archive.article import Article, Block
from archive.collection import Collection
from archive.reprints.whole import ReprintCounts, rebuild
from archive.workers import Workers
from support.collection_builder import CollectionBuilder

TEXT = (
    "Sáng nay, hơn hai trăm nông dân của xã ven sông đã nhận giống lúa chịu mặn do trạm khuyến nông cấp miễn phí.",
    "Theo người phụ trách trạm, giống mới được thử ba vụ liền trên nền đất nhiễm phèn, năng suất ổn định hơn giống cũ.",
    "Bà con được hướng dẫn cách ngâm ủ, thời điểm gieo và lịch lấy nước để tránh đợt mặn cao nhất vào giữa tháng sau.",
    "Trạm cũng lập một nhóm trả lời câu hỏi qua điện thoại, mỗi tuần gửi số đo độ mặn của từng con kênh cho từng ấp.",
)
OTHER = (
    "Đội bóng chuyền nữ của trường nghề vừa thắng trận thứ tư liên tiếp và vào vòng cuối của giải khu vực năm nay.",
    "Huấn luyện viên nói các em tập vào buổi tối, sau giờ làm ở xưởng may, trên một sân gạch mượn của nhà văn hóa.",
    "Trận cuối diễn ra vào chủ nhật, vé vào cửa dành tặng cho học sinh các trường trung học trong vùng đến cổ vũ.",
)
THIRD = (
    "Một chiếc cầu gỗ dài ba mươi mét bắc qua rạch nhỏ vừa được thay bằng cầu bê tông sau hai tháng thi công.",
    "Kinh phí do người dân đóng góp, một phần lấy từ quỹ khuyến học chưa dùng tới, phần còn lại là ngày công.",
    "Từ nay học trò không phải đi đò mỗi sáng, còn xe chở trái cây vào được tận vườn trong mùa thu hoạch tới.",
)


class Papers:
    """Prints articles into a collection."""

    def __init__(self, root: Path) -> None:
        names = ("baomot", "baohai", "baoba", "baobon")
        self._builder = CollectionBuilder(root, {name: {"title": f"Báo {name}"} for name in names})
        self.collection = self._builder.collection
        self._number = 0

    @property
    def day(self) -> date:
        """The day of what is printed, in Vietnam."""
        return (self._builder.instant + timedelta(hours=7)).date()

    def prints(self, paper: str, texts: tuple[str, ...], **fields: Any) -> Article:
        """Print an article, an hour after the one before."""
        self._number += 1
        self._builder.instant += timedelta(hours=1)
        article = Article(
            newspaper=paper,
            article_id=str(fields.pop("number", self._number)),
            url=f"http://{paper}.test/a{self._number}.html",
            title=fields.pop("title", "Cấp giống lúa chịu mặn"),
            body=tuple(Block(type="paragraph", text=text) for text in texts),
            published_at=fields.pop("at", self._builder.instant - timedelta(minutes=30)),
            captured_at=self._builder.instant,
            **fields,
        )
        return self._builder.publish(article)


def released(root: Path, articles: list[Article]) -> Collection:
    """A collection of these articles."""
    builder = CollectionBuilder(root, {name: {"title": f"Báo {name}"} for name in {one.newspaper for one in articles}})
    ref = builder.capture("http://paper.test/", b"<p>", file="one.warc.gz")
    builder.catalog.connection.execute("BEGIN")
    for article in articles:
        builder.release(article.captured(ref, [None] * len(article.images)))
    builder.catalog.connection.execute("COMMIT")
    return builder.close()


def compared(collection: Collection, processes: int = 1) -> ReprintCounts:
    """What a comparison of all articles finds."""
    with Workers(processes) as workers:
        return rebuild(collection, workers, told=lambda _step, _count: None)
