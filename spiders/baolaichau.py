"""Báo Lai Châu, with a content management system of its own."""

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class BaoLaiChau(NewspaperSpider):
    """A site made by scripts; its articles' addresses have no ending."""

    name = "baolaichau"
    title = "Báo Lai Châu"
    provinces_before = ("Lai Châu",)
    province = "Lai Châu"
    hosts = ("baolaichau.vn",)
    former_hosts = ()
    needs_browser = ("sections", "articles")
    article_pattern = r"^/[^/]+/[^/]+-(?P<id>\d{3,})/?$"
    section_pages = ".pagination a, a[rel=next]"
    layouts = (Layout(title=".post-info .title", body=".post-info .body"),)
