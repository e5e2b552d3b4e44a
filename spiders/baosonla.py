"""Báo Sơn La, with a content management system of its own."""

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class BaoSonLa(NewspaperSpider):
    """A site made by scripts; of its markup only the body's container is known."""

    name = "baosonla"
    title = "Báo Sơn La"
    provinces_before = ("Sơn La",)
    province = "Sơn La"
    hosts = ("baosonla.vn",)
    former_hosts = ()
    needs_browser = ("sections", "articles")
    article_pattern = r"^/[^/]+/[^/]+-(?P<id>\d+)\.html$"
    section_pages = ".pagination a, a[rel=next]"
    layouts = (Layout(body="#editor-detail"),)
