"""The family of papers whose article addresses end in "-a<id>.html" (PHP, fckeditor)."""

from datetime import date
from typing import ClassVar

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class AIdFamily(NewspaperSpider):
    """Verified against an article and a section page of Báo Cần Thơ, saved in January 2026."""

    family = "a_id"
    article_pattern = r"-a(?P<id>\d+)\.html$"
    section_pages = "#page a[href*='?p=']"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            title="h1.margintopbot10",
            section=".titlecate h1 a",
            published_at="span.pubdate",
            modified_at="span.update",
            lead="#newscontents p[style]",  # of articles before 2015 it is a paragraph as the others
            lead_opens_body=True,
            body="#newscontents .content-fck",
            byline="p[style*='text-align: right'], p[style*='text-align:right'], p[align=right]",
            tags=".block_tag a.tag_item",
            related=".tinlienquan",
            drop=("[class^=AMN_]",),
            verified=date(2026, 1, 8),
        ),
    )


class SingularAIdFamily(AIdFamily):
    """A later template of the same system, known by two selectors."""

    layouts: ClassVar[tuple[Layout, ...]] = (Layout(title="h1.title", body="#contentNews .singular-content"),)
