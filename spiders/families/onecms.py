"""The family of newspapers with b-grid lists and pictures on 1cdn.vn; addresses end in "-<id>.html"."""

from typing import ClassVar

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class OneCmsFamily(NewspaperSpider):
    """Titles and bodies are known by their selectors; no saved page has confirmed them."""

    family = "onecms"
    # "-event<id>.html" are collections of articles, not articles
    article_pattern = r"[^/-]-(?P<id>\d{4,})\.html$"
    section_pages = ".pagination a, a[rel=next]"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            title="h1, .sc-longform-header-title",
            body="article.entry, div.b-maincontent .entry",
        ),
    )
