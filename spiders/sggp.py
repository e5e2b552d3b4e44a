"""Sài Gòn Giải Phóng, with the markup of mcms.one."""

from spiders.families.mcms import McmsFamily


class SaiGonGiaiPhong(McmsFamily):
    """Nobody has noted its sections: they are looked for on the home page and in the sitemap."""

    name = "sggp"
    title = "Sài Gòn Giải Phóng"
    provinces_before = ("TP Hồ Chí Minh",)
    province = "TP Hồ Chí Minh"
    hosts = ("www.sggp.org.vn", "sggp.org.vn")
    former_hosts = ()
    sitemaps = ("/sitemap.xml",)
