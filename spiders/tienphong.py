"""Tiền Phong, on mcms.one."""

from spiders.families.mcms import McmsFamily


class TienPhong(McmsFamily):
    """A paper of the whole country; its addresses end in .tpo."""

    name = "tienphong"
    title = "Tiền Phong"
    provinces_before = ()
    province = None
    hosts = ("tienphong.vn",)
    former_hosts = ()
    sitemaps = ("/sitemap.xml",)
    article_pattern = r"-post(?P<id>\d+)\.tpo$"
