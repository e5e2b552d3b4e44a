"""The family of papers whose article addresses end in "-a<id>.html" (PHP, fckeditor); holds no newspaper's name."""

from typing import ClassVar

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class AIdFamily(NewspaperSpider):
    """Seen on an article and a section page of Báo Cần Thơ of January 2026."""

    family = "a_id"
    article_pattern = r"-a(?P<id>\d+)\.html$"
    section_pages = "#page a[href*='?p=']"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            title="h1.margintopbot10",
            kicker=".titlecate h1 a",
            section=".titlecate h1 a",
            published_at="span.pubdate",
            modified_at="span.update",
            lead_opens_body=True,
            body="#newscontents .content-fck",
            byline="p[style*='text-align: right'], p[style*='text-align:right'], p[align=right]",
            tags=".block_tag a.tag_item",
            related=".tinlienquan",
            drop=("[class^=AMN_]",),
        ),
    )


class SingularAIdFamily(AIdFamily):
    """A later template of the same system, known by two selectors."""

    unproved = True
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(title="h1.title", body="#contentNews .singular-content", unproved=True),
    )
