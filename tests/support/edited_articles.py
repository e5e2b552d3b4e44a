"""A collection of articles that were edited in all kinds of ways, by hand; nothing is fetched."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import attrs

from archive.article import Article, Block, CaptureRef, Image
from archive.catalog.lifecycle import PageStatus, StatusChange
from archive.catalog.versions import enter_changes
from archive.collection import Collection
from support.collection_builder import CARD, CollectionBuilder, make_article, png

PAPERS = {"baocantho": CARD, "baovinhlong": CARD | {"title": "Báo Vĩnh Long", "province": "Vĩnh Long", "hosts": []}}
STORY = (
    "Chiều 12/10, Công an quận Ninh Kiều bắt giữ ông Nguyễn Văn An (45 tuổi) vì cầm 200 triệu đồng của khách.",
    "Theo cơ quan điều tra, có ba người bị hại. Vụ việc xảy ra tại phường Cái Khế.",
    "Nhiều bà con ở chợ cho biết họ đã gom tiền góp hụi từ đầu mùa nước nổi.",
    "Công an đang tiếp tục làm rõ vụ việc.",
)


def paragraphs(*texts: str) -> tuple[Block, ...]:
    """The blocks of a body."""
    return tuple(Block(type="paragraph", text=text) for text in texts)


def edited_collection(root: Path) -> Collection:
    """The collection: 196001 edited twice, 196002 with a note, 196003 withdrawn, 196004 with another picture."""
    builder = CollectionBuilder(root, PAPERS)
    hui = make_article(1, title="Bắt giữ chủ hụi ở Cần Thơ", lead="Một vụ vỡ hụi ở chợ.", body=paragraphs(*STORY))
    builder.publish(hui)
    builder.instant += timedelta(hours=2)
    second = (
        STORY[0].replace("200 triệu", "250 triệu").replace("Nguyễn Văn An", "Nguyễn Văn B."),
        "Gia đình ông đã nộp lại một phần tiền cho cơ quan điều tra.",
        STORY[1].replace("ba người", "bốn người"),
        STORY[2],
    )
    hui = attrs.evolve(hui, title="Tạm giữ chủ hụi ở Cần Thơ", body=paragraphs(*second))
    builder.publish(hui)
    builder.instant += timedelta(days=1)
    builder.publish(attrs.evolve(hui, body=paragraphs(second[3], *second[:3])))
    _noted(builder)
    withdrawn = builder.publish(make_article(3, title="Một bài bị gỡ", section="Văn hóa"))
    builder.instant += timedelta(days=1)
    gone = StatusChange(withdrawn.id, PageStatus.WITHDRAWN, builder.instant, withdrawn.url, 410, None, None)
    enter_changes(builder.catalog.connection, [gone])
    _pictured(builder)
    return builder.close()


def _noted(builder: CollectionBuilder) -> None:
    one = make_article(2, title="Giá lúa tăng", body=paragraphs("Giá lúa tăng 500 đồng/kg."), newspaper="baovinhlong")
    builder.publish(one)
    builder.instant += timedelta(hours=5)
    note = "Đính chính: bản trước của bài viết này ghi nhầm giá lúa."
    later = builder.instant + timedelta(hours=1)
    builder.publish(attrs.evolve(one, body=paragraphs("Giá lúa tăng 50 đồng/kg.", note), modified_at=later))


def _pictured(builder: CollectionBuilder) -> Article:
    def picture(name: str, colour: tuple[int, int, int], caption: str) -> Image:
        url = f"https://baocantho.com.vn/uploads/{name}.png"
        ref: CaptureRef = builder.capture(url, png(240, 160, colour), mime="image/png")
        return Image(url=url, caption=caption, credit="M.Đ", capture=ref)

    body = paragraphs("Chợ nổi họp từ bốn giờ sáng.")
    one = make_article(4, title="Chợ nổi mùa nước", body=body, images=(picture("ghe", (40, 90, 160), "Ghe chở dứa."),))
    builder.publish(one)
    builder.instant += timedelta(hours=1)
    return builder.publish(attrs.evolve(one, images=(picture("xuong", (160, 60, 40), "Xuồng ba lá."),)))
