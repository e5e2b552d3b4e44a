"""Pages of baobienxanh.test, a paper and a province that do not exist and that nobody declares; holds no prose.

It is there to be found out: markup, addresses and class names are like no family's, and its traps are those of sites
that were seen: no h1, no date in any meta element, a side column with times of its own.

- addresses: `/doc/<slug>.<number>.htm`, the id behind a dot; sections `/muc/<slug>.htm`, `/muc/<slug>/trang-2.htm`;
  pictures below `/kho/`; `/doc-cu/...` and `/muc/<slug>/doc/...` redirect.
- kicker: `.bx-nhan`, on about half of the pages; title: `h2.bx-ten`; `<title>` is "Title :: Biển Xanh".
- published_at: `p.bx-ngay` "16:26, ngày 26 tháng 10 năm 2025" behind "Thứ Hai, "; modified_at: `p.bx-ngay-sua`
  "Cập nhật ...", only where there is one. The side column prints the times of other articles in `.bx-gio`.
- lead: `p.bx-mo`, outside the body; body: the children of `div.bx-chu`; headings `p.bx-muc`, quotes `div.bx-loi`,
  related boxes `div.bx-kem`, figures `div.bx-hinh` with `img` and `span.bx-ta` (caption and credit in one line).
- byline: `p.bx-but`, behind the body; tags: `.bx-the a`.
- furniture: the menu (a list of divs, with links that are no sections among them), a box of opinions, a side column.
- list: `div.bx-tin > a.bx-de`; paging by numbers and "Trang sau"; no link to the feeds `/tin/<slug>.rss`; a sitemap.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crawler.newsroom.story import Story

_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


def clock(moment: datetime) -> str:
    """A time as this paper prints it: the clock first, the day spelled out."""
    return f"{moment:%H:%M}, ngày {moment.day} tháng {moment.month} năm {moment.year}"


def article_words(story: Story) -> dict[str, Any]:
    """What the article template needs besides the story."""
    return {
        "published": f"{_WEEKDAYS[story.published.weekday()]}, {clock(story.published)}",
        "modified": clock(story.modified) if story.modified else None,
        "elsewhere": f"{story.published:%d/%m/%Y} 05:00",
    }
