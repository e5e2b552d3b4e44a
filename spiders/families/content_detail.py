"""The family of papers whose articles stand in #content-detail below h1.name."""

from typing import ClassVar

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class ContentDetailFamily(NewspaperSpider):
    """Known by a few selectors; no saved page has confirmed them."""

    family = "content_detail"
    article_pattern = r"-(?P<id>\d{4,})\.html$"
    section_pages = ".pagination a, a[rel=next]"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            title="h1.name",
            body="#content-detail",
            drop=(".block-news-list",),
        ),
    )
