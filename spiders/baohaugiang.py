"""Báo Hậu Giang, of a province that is part of Cần Thơ now."""

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class BaoHauGiang(NewspaperSpider):
    """Its sections end in a number as its articles do, but stand one level higher."""

    name = "baohaugiang"
    title = "Báo Hậu Giang"
    provinces_before = ("Hậu Giang",)
    province = "Cần Thơ"
    merged_into = "baocantho"
    hosts = ("baohaugiang.com.vn",)
    former_hosts = ()
    article_pattern = r"^/[^/]+/[^/]+-(?P<id>\d+)\.html$"
    section_pages = ".pagination a, a[rel=next]"
    layouts = (Layout(title="div.news-details-content h1", body="div.contentView"),)
