"""Báo Gia Lai, with the markup of mcms.one."""

from spiders.families.mcms import McmsFamily


class BaoGiaLai(McmsFamily):
    """Its sections are unknown: the crawl finds them on the home page and in the sitemap."""

    name = "baogialai"
    title = "Báo Gia Lai"
    provinces_before = ("Gia Lai", "Bình Định")
    province = "Gia Lai"
    hosts = ("baogialai.com.vn",)
    former_hosts = ()
