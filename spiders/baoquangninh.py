"""Báo Quảng Ninh, of the #content-detail family."""

from spiders.families.content_detail import ContentDetailFamily


class BaoQuangNinh(ContentDetailFamily):
    """Its sections are unknown: the crawl finds them on the home page and in the sitemap."""

    name = "baoquangninh"
    title = "Báo Quảng Ninh"
    provinces_before = ("Quảng Ninh",)
    province = "Quảng Ninh"
    hosts = ("baoquangninh.vn",)
    former_hosts = ()
