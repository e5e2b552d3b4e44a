"""The family of newspapers on the system of mediatech.vn; addresses end in "-<id>.html"."""

from datetime import date
from typing import ClassVar

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class MediatechFamily(NewspaperSpider):
    """Verified against a saved article of Báo Tây Ninh; lists are paged by a script."""

    family = "mediatech"
    article_pattern = r"[^/-]-(?P<id>\d{4,})\.html$"
    section_pages = ".pagination a, a[rel=next]"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            title=".content-article h1.name",
            published_at=".content-article > .date",
            section=".breadcrumbs li.active a",
            lead="#content-detail p.sapo",
            body="#content-detail",
            byline="#content-detail div.author",
            drop=("div.sapo", ".text_to_audio"),
            verified=date(2026, 10, 1),
        ),
    )
