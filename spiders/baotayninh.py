"""Báo Tây Ninh, known by its addresses."""

from spiders.families.a_id import AIdFamily


class BaoTayNinh(AIdFamily):
    """Only its addresses and feeds are known; its pages are read without rules."""

    name = "baotayninh"
    title = "Báo Tây Ninh"
    provinces_before = ("Tây Ninh", "Long An")
    province = "Tây Ninh"
    hosts = ("baotayninh.vn",)
    former_hosts = ()
    section_pages = "a[rel=next], .pagination a"
    feeds = ("/rss/news/{section}.rss",)
    layouts = ()
