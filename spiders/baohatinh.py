"""Báo Hà Tĩnh, with the markup of mcms.one."""

from spiders.families.mcms import McmsFamily


class BaoHaTinh(McmsFamily):
    """Its feeds were seen some years ago."""

    name = "baohatinh"
    title = "Báo Hà Tĩnh"
    provinces_before = ("Hà Tĩnh",)
    province = "Hà Tĩnh"
    hosts = ("baohatinh.vn",)
    former_hosts = ()
    feeds = ("/rss/{section}.xml",)
