"""Nhân Dân, on mcms.one."""

from spiders.families.mcms import McmsFamily


class NhanDan(McmsFamily):
    """A paper of the whole country, on the system that many provincial papers share."""

    name = "nhandan"
    title = "Nhân Dân"
    provinces_before = ()
    province = None
    hosts = ("nhandan.vn",)
    former_hosts = ()
    sitemaps = ("/sitemap.xml",)
