"""Báo An Giang, on the system of Báo Cần Thơ in another template."""

from datetime import date

from crawler.declaration.layout import Layout
from spiders.families.a_id import AIdFamily


class BaoAnGiang(AIdFamily):
    """Verified against a saved article; the paper names no feed, and its sections are looked for."""

    name = "baoangiang"
    title = "Báo An Giang"
    provinces_before = ("An Giang", "Kiên Giang")
    province = "An Giang"
    hosts = ("baoangiang.com.vn",)
    former_hosts = ()
    layouts = (
        Layout(
            title=".detail-title h1",
            section=".mybreadcrumb li:last-child h4 a",
            published_at=".detail-date-share .pubdate",
            lead=".detail-desc .content-fck-font-size p",
            body="#newscontents .content-fck-font-size",
            byline="p.author",
            tags=".detail-tag a.tag_item",
            drop=(".boxpayk", ".detail-related"),
            verified=date(2026, 10, 1),
        ),
    )
    verified = date(2026, 10, 1)
