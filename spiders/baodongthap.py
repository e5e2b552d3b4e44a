"""Báo Đồng Tháp, known by title and body."""

from spiders.families.a_id import SingularAIdFamily


class BaoDongThap(SingularAIdFamily):
    """Its sections are unknown: the crawl finds them on the home page and in the sitemap."""

    name = "baodongthap"
    title = "Báo Đồng Tháp"
    provinces_before = ("Đồng Tháp", "Tiền Giang")
    province = "Đồng Tháp"
    hosts = ("baodongthap.vn",)
    former_hosts = ()
