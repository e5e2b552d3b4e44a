"""Báo Bắc Ninh, with a content management system of its own."""

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class BaoBacNinhTv(NewspaperSpider):
    """A paper and a broadcaster merged into it; its addresses end in .bbg, as those of Bắc Giang's paper did."""

    name = "baobacninhtv"
    title = "Báo và Phát thanh, Truyền hình Bắc Ninh"
    provinces_before = ("Bắc Ninh", "Bắc Giang")
    province = "Bắc Ninh"
    hosts = ("baobacninhtv.vn",)
    former_hosts = ()
    article_pattern = r"-postid(?P<id>\d+)\.bbg$"
    section_pages = ".pagination a, a[rel=next]"
    layouts = (
        Layout(
            body=".news-details__content.link_content",
            drop=(".news-related__list",),
        ),
    )
