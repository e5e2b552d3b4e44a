"""Phú Yên online, once Báo Phú Yên, now the edition of Báo Đắk Lắk for the former province of Phú Yên."""

from datetime import date

from crawler.declaration.layout import Layout
from spiders.families.month import MonthFamily


class BaoPhuYen(MonthFamily):
    """Verified against a saved article. Addresses of old articles are "/95/<id>/<slug>/"."""

    name = "baophuyen"
    title = "Báo Phú Yên"
    provinces_before = ("Phú Yên",)
    province = "Đắk Lắk"
    edition_of = "baodaklak"
    hosts = ("phuyen.baodaklak.vn",)
    former_hosts = ("baophuyen.vn",)
    article_pattern = r"(?:/\d{6}/[^/]+-|^/\d{1,3}/)(?P<id>[0-9a-f]{7}|\d{5,})(?:/[^/]+)?/?$"
    layouts = (
        Layout(
            title=".title-background h1.title",
            section=".breadcrumb-item.active a",
            published_at=".group-time time.time",
            lead=".content-reply p.reply",
            body="#content .td-post-content",
            byline="p[align=right], p[style*='text-align: right'], p[style*='TEXT-ALIGN: right']",
            verified=date(2026, 10, 1),
        ),
    )
    verified = date(2026, 10, 1)
