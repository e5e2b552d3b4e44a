"""Báo Nghệ An, of the b-grid family."""

from spiders.families.onecms import OneCmsFamily


class BaoNgheAn(OneCmsFamily):
    """Its sections are unknown: the crawl finds them on the home page and in the sitemap."""

    name = "baonghean"
    title = "Báo Nghệ An"
    provinces_before = ("Nghệ An",)
    province = "Nghệ An"
    hosts = ("baonghean.vn",)
    former_hosts = ()
