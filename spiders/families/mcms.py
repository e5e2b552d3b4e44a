"""The family of papers on mcms.one, with article addresses ending in "-post<id>.html"."""

from typing import ClassVar

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class McmsFamily(NewspaperSpider):
    """Written from descriptions of such sites as of 2025; not verified against saved pages."""

    family = "mcms"
    article_pattern = r"-post(?P<id>\d+)\.html$"
    section_pages = "a.next, .pagination a"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            title="h1.article__title",
            kicker=".article__kicker",
            section="meta[property='article:section']",
            published_at=".article__meta time[datetime], meta[property='article:published_time']",
            modified_at=".article__update, meta[property='article:modified_time']",
            lead=".article__sapo",
            body="div.article__body.cms-body",
            byline="div.t1 > span.t2",
            tags=".article__tag a",
            related=".cms-relate",
        ),
    )
