"""Báo Sơn La, with a content management system of its own."""

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout, Section


class BaoSonLa(NewspaperSpider):
    """A site made by scripts; of its markup only the body's container is known, the rest is the newsroom's."""

    name = "baosonla"
    title = "Báo Sơn La"
    provinces_before = ("Sơn La",)
    province = "Sơn La"
    hosts = ("baosonla.vn",)
    former_hosts = ()
    unsure = ("sections",)
    needs_browser = ("sections", "articles")
    sections = (
        Section("Xã hội", "/xa-hoi"),
        Section("Văn hóa", "/van-hoa"),
        Section("Ảnh", "/anh"),
    )
    article_pattern = r"^/[^/]+/[^/]+-(?P<id>\d+)\.html$"
    section_pages = ".pagination a, a[rel=next]"
    layouts = (
        Layout(
            title="h1.detail-title",
            kicker=".detail-kicker",
            section=".breadcrumb a",
            published_at=".detail-meta time[datetime]",
            modified_at=".detail-meta .detail-update",
            lead="p.detail-sapo",
            body="#editor-detail",
            byline="p.detail-author",
            tags=".detail-tags a",
            related=".box-related",
        ),
    )
