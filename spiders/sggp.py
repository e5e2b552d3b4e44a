"""Sài Gòn Giải Phóng, with the markup of mcms.one."""

from spiders.families.mcms import McmsFamily


class SaiGonGiaiPhong(McmsFamily):
    """Its sections are unknown: the crawl finds them on the home page and in the sitemap."""

    name = "sggp"
    title = "Sài Gòn Giải Phóng"
    provinces_before = ("TP Hồ Chí Minh",)
    province = "TP Hồ Chí Minh"
    hosts = ("www.sggp.org.vn", "sggp.org.vn")
    former_hosts = ()
    sitemaps = ("/sitemap.xml",)
