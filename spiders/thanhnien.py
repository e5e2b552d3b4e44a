"""Báo Thanh Niên, with a content management system of its own."""

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class ThanhNien(NewspaperSpider):
    """A paper of the whole country. Written from the structure of a saved article."""

    name = "thanhnien"
    title = "Thanh Niên"
    provinces_before = ()
    province = None
    hosts = ("thanhnien.vn",)
    former_hosts = ()
    article_pattern = r"-(?P<id>185\d{6,})\.htm$"
    section_pages = ".pagination a, a[rel=next]"
    layouts = (
        Layout(
            title="h1.detail-title",
            published_at="time[data-role=publishdate]",
            lead=".detail-sapo",
            body=".detail-content[data-role=content]",
        ),
    )
