"""Báo Đà Nẵng, of the b-grid family."""

from spiders.families.onecms import OneCmsFamily


class BaoDaNang(OneCmsFamily):
    """Its sections are unknown: the crawl finds them on the home page and in the sitemap."""

    name = "baodanang"
    title = "Báo Đà Nẵng"
    provinces_before = ("Đà Nẵng", "Quảng Nam")
    province = "Đà Nẵng"
    hosts = ("baodanang.vn",)
    former_hosts = ()
