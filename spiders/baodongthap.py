"""Báo Đồng Tháp, known by title and body."""

from spiders.families.a_id import SingularAIdFamily


class BaoDongThap(SingularAIdFamily):
    """Nobody has noted its sections: they are looked for on the home page and in the sitemap."""

    name = "baodongthap"
    title = "Báo Đồng Tháp"
    provinces_before = ("Đồng Tháp", "Tiền Giang")
    province = "Đồng Tháp"
    hosts = ("baodongthap.vn",)
    former_hosts = ()
