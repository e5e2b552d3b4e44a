"""Báo Tây Ninh, on the system of mediatech.vn."""

from datetime import date

from spiders.families.mediatech import MediatechFamily


class BaoTayNinh(MediatechFamily):
    """Until the merger its addresses were those of the a_id family; whether their numbers live on is not known."""

    name = "baotayninh"
    title = "Báo Tây Ninh"
    provinces_before = ("Tây Ninh", "Long An")
    province = "Tây Ninh"
    hosts = ("baotayninh.vn",)
    former_hosts = ()
    former_article_patterns = (r"-a(?P<former_id>\d{4,})\.html$",)
    feeds = ("/rss/news/{section}.rss",)
    verified = date(2026, 10, 1)
