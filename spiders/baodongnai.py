"""Báo Đồng Nai, of the family with the month in the address."""

from crawler.declaration.layout import Layout
from spiders.families.month import MonthFamily


class BaoDongNai(MonthFamily):
    """Its sections are unknown: the crawl finds them on the home page and in the sitemap."""

    name = "baodongnai"
    title = "Báo Đồng Nai"
    provinces_before = ("Đồng Nai", "Bình Phước")
    province = "Đồng Nai"
    hosts = ("baodongnai.com.vn",)
    former_hosts = ()
    sitemaps = ("/sitemap.xml",)
    article_pattern = r"/\d{6}/[^/]+-(?P<id>[0-9a-f]{7})/?$"
    layouts = (Layout(title="h1", body="div#content.content-detail .td-post-content"),)
