"""Báo Quảng Ninh, of the #content-detail family."""

from spiders.families.content_detail import ContentDetailFamily


class BaoQuangNinh(ContentDetailFamily):
    """Nobody has noted its sections: they are looked for on the home page and in the sitemap."""

    name = "baoquangninh"
    title = "Báo Quảng Ninh"
    provinces_before = ("Quảng Ninh",)
    province = "Quảng Ninh"
    hosts = ("baoquangninh.vn",)
    former_hosts = ()
