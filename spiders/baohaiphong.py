"""Báo Hải Phòng, of the b-grid family."""

from spiders.families.onecms import OneCmsFamily


class BaoHaiPhong(OneCmsFamily):
    """Its sections are unknown: the crawl finds them on the home page and in the sitemap."""

    name = "baohaiphong"
    title = "Báo Hải Phòng"
    provinces_before = ("Hải Phòng", "Hải Dương")
    province = "Hải Phòng"
    hosts = ("baohaiphong.vn",)
    former_hosts = ()
