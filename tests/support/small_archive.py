"""A small archive with two newspapers, an edited article, a withdrawn one, and one whose every text is hostile."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import attrs

from archive.article import Article, Block, Image
from archive.catalog.lifecycle import PageStatus, StatusChange
from archive.catalog.versions import enter_changes
from support.collection_builder import CARD, CollectionBuilder, make_article

HOSTILE = (
    '=cmd|"/C calc"!A0\n\u202egnp.exe} \\end{x} 100% {a_b} ~^ @article{k,\r\nER  - \r\nTY  - BOOK \x1b[31mđỏ\x07 '
    "z\u0301\u0302\u0303\u0304\u0301\u0302 <script>alert(1)</script> \u2028\u0000"
)
WITHDRAWN_AT = datetime(2026, 10, 9, 2, 0, tzinfo=UTC)


def hostile() -> Article:
    return make_article(
        90,
        title=HOSTILE,
        kicker=HOSTILE,
        lead=HOSTILE,
        section=HOSTILE,
        source=HOSTILE,
        byline=HOSTILE,
        authors=(HOSTILE, "-1+1"),
        tags=(HOSTILE,),
        url='https://baocantho.com.vn/a%20b?x={y}&z="\\\u202e\n',
        body=(Block(type="paragraph", text=HOSTILE),),
        images=(Image(url="https://x.vn/a.jpg", caption=HOSTILE, credit=HOSTILE),),
    )


def fill(root: Path) -> CollectionBuilder:
    builder = CollectionBuilder(root, {"baocantho": CARD, "baoangiang": {"title": "Báo An Giang"}})
    for number in range(1, 9):
        paper = "baoangiang" if number > 5 else "baocantho"
        text = f"Trường trao học bổng cho {number} em." if number % 2 else f"Nông dân thu hoạch {number} tấn lúa."
        published = datetime(2026, 1, number, 20, 0, tzinfo=UTC)
        body = (Block(type="paragraph", text=text), Block(type="figure", text="Ảnh chú thích"))
        builder.publish(
            make_article(
                number, newspaper=paper, title=f"Bài số {number}", lead=None, body=body, published_at=published,
                modified_at=None, authors=("Phan Trinh",) if number != 2 else (), source=None, kicker=None,
            )
        )  # fmt: skip
    edit(builder, 3)
    builder.publish(hostile())
    withdraw(builder, "baocantho:196005")
    return builder


def edit(builder: CollectionBuilder, number: int) -> None:
    """Publish another version of an article of baocantho."""
    latest = builder.catalog.article(f"baocantho:{196000 + number}").article()
    body = (*latest.body, Block(type="paragraph", text=f"Bổ sung lúc {builder.instant.isoformat()}: học bổng."))
    builder.publish(attrs.evolve(latest, body=body))


def withdraw(builder: CollectionBuilder, article_id: str) -> None:
    url = f"https://baocantho.com.vn/{article_id}"
    change = StatusChange(article_id, PageStatus.WITHDRAWN, WITHDRAWN_AT, url, 410, None, None)
    enter_changes(builder.catalog.connection, [change])
