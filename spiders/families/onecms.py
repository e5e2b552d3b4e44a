"""The family of newspapers on OneCMS: b-grid lists, pictures on 1cdn.vn, addresses that end in "-<id>.html"."""

from datetime import date
from typing import ClassVar

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class OneCmsFamily(NewspaperSpider):
    """Verified against saved articles of Đà Nẵng, Hải Phòng and Nghệ An; no list page was seen."""

    family = "onecms"
    # "-event<id>.html" are collections of articles, not articles
    article_pattern = r"[^/-]-(?P<id>\d{4,})\.html$"
    section_pages = ".pagination a, a[rel=next]"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            title="h1.block-sc-title, h1, .sc-longform-header-title",
            section="nav ol.breadcrumb li.active a, nav ol.breadcrumb li.active, .block-sc-cate-name",
            lead=".block-sc-sapo",
            body="article.entry, div.b-maincontent .entry",
            tags=".onecms__tags h4 a",
            verified=date(2026, 10, 1),
        ),
    )
