"""Báo Đắk Lắk, of the family with the month in the address."""

from crawler.declaration.layout import Layout
from spiders.families.month import MonthFamily


class BaoDakLak(MonthFamily):
    """Its addresses hold no number: month and slug are the article's id."""

    name = "baodaklak"
    title = "Báo Đắk Lắk"
    provinces_before = ("Đắk Lắk", "Phú Yên")
    province = "Đắk Lắk"
    hosts = ("baodaklak.vn",)
    former_hosts = ()
    article_pattern = r"/(?P<id>\d{6}/[^/]+)/?$"
    layouts = (
        Layout(
            title="div.article_content h1.media-heading",
            published_at="div.article_content div.date, div.date",
            body="div.article_content #content",
        ),
    )
