"""The family of newspapers with the month in an article's address, "/<section>/YYYYMM/<slug>/"."""

from typing import ClassVar

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class MonthFamily(NewspaperSpider):
    """Pictures lie below /dataimages/YYYYMM/original/. Most end the slug in the article's id; no page confirmed it."""

    family = "month"
    article_pattern = r"/\d{6}/[^/]+-(?P<id>[0-9a-f]{7}|\d{5,})/?$"
    section_pages = ".pagination a, a[rel=next]"
    layouts: ClassVar[tuple[Layout, ...]] = (Layout(body="div.content-detail, div#content"),)
