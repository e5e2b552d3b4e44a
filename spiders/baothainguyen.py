"""Báo Thái Nguyên, of the family with the month in the address."""

from crawler.declaration.layout import Layout
from spiders.families.month import MonthFamily


class BaoThaiNguyen(MonthFamily):
    """Its sections are unknown: the crawl finds them on the home page and in the sitemap."""

    name = "baothainguyen"
    title = "Báo Thái Nguyên"
    provinces_before = ("Thái Nguyên", "Bắc Kạn")
    province = "Thái Nguyên"
    hosts = ("baothainguyen.vn",)
    former_hosts = ()
    layouts = (Layout(title="h1", body="div.content-detail"),)
