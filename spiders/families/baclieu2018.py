"""Báo Bạc Liêu's site of about 2018; the markup is not verified against any saved page."""

from typing import ClassVar

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class BacLieu2018Family(NewspaperSpider):
    """Addresses, times, bylines and captions are known; no selector was ever confirmed."""

    family = "baclieu2018"
    article_pattern = r"^/[^/]+/[^/]+-(?P<id>\d+)\.html$"
    section_pages = ".phantrang a"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            title="#chitiet .tieude-tin",
            kicker="#chitiet .tieude-phu",
            section=".duongdan a[href]:nth-of-type(2)",
            published_at="#chitiet .ngaydang",
            modified_at="#chitiet .capnhat",
            lead_opens_body=True,
            body="#chitiet .noidung",
            heading="p.tieumuc",
            quote="div.trichloi",
            byline="p.tacgia",
            tags=".tukhoa a",
            related=".tinlienquan",
        ),
    )
