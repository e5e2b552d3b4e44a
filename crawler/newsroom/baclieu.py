"""Pages of baobaclieu.test as a small paper's site may have looked in 2018, tables and all; refuses to hold any prose.

No page of that year was at hand: what is known are the addresses, the times, the bylines and the captions. The markup
is invented in the manner of 2008 to 2018 and has its traps: no h1 anywhere, and no date in any meta element.

Selectors, field by field:

- kicker: `#chitiet .tieude-phu`, above the title, on about half of the pages; elsewhere there is none.
- title: `#chitiet .tieude-tin` (a div); `<title>` is "Title - Báo Bạc Liêu Online"; og:title is the title alone.
- published_at: `#chitiet .ngaydang` "Thứ Sáu, 26/10/2018 | 16:26", or on some pages "Thứ Sáu, 29/06/2018, 08:20".
- modified_at: `#chitiet .capnhat` "Cập nhật: 27/10/2018 | 08:10", only where there is one.
- body: the children of `#chitiet .noidung`; the first paragraph is the lead (`p.trichdan > strong`).
    - paragraph: `p`; heading: `p.tieumuc > b`; quote: `div.trichloi`; list: `ul > li`;
      table: `table.bangso tr > td`; related: `div.tinlienquan li a`.
    - figure: `table.anh-minhhoa` with `img` (empty alt, src `/uploads/image/YYYY/MM/DD/x.jpg`) in its first row and
      `td.chuthich` in its second, caption and credit in one line ("... ngày nay. Ảnh: X.T"); no second row where the
      picture has no caption.
- byline: last `p.tacgia b` of the body, right-aligned, in capitals or as a name ("Chí Linh-BBL"), absent on some pages.
- tags: `.tukhoa a`, linking into `/tim-kiem/`, which robots.txt forbids.
- furniture: `#binhluan` (the comment form, "Viết bình luận mới"), `td.cot-phai` with `.thamdo` (the poll), `.thoitiet`
  (the weather) and `.tinmoi`, `.chantrang` (the footer).
- canonical: none; og:url.
- list: `table.danhsach td.tin a.tieude`; paging `.phantrang a` with `/<section>?page=2`; RSS `/rss/<section>.rss`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crawler.newsroom.story import Story

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


def clock(moment: datetime, with_comma: bool = False) -> str:
    """The time as printed, "Thứ Sáu, 26/10/2018 | 16:26", or in the elder form with a second comma."""
    between = ", " if with_comma else " | "
    return f"{WEEKDAYS[moment.weekday()]}, {moment:%d/%m/%Y}{between}{moment:%H:%M}"


def article_words(story: Story) -> dict[str, Any]:
    """What the article template needs besides the story."""
    return {
        "published": clock(story.published, story.look.get("elder clock", False)),
        "modified": f"{story.modified:%d/%m/%Y} | {story.modified:%H:%M}" if story.modified else None,
    }
