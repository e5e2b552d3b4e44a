"""Báo Quảng Trị, of the family with the month in the address."""

from crawler.declaration.layout import Layout
from spiders.families.month import MonthFamily


class BaoQuangTri(MonthFamily):
    """Its sections are unknown: the crawl finds them on the home page and in the sitemap."""

    name = "baoquangtri"
    title = "Báo Quảng Trị"
    provinces_before = ("Quảng Trị", "Quảng Bình")
    province = "Quảng Trị"
    hosts = ("baoquangtri.vn",)
    former_hosts = ()
    layouts = (Layout(title="h1", body="div#content"),)
