"""Báo Ninh Bình."""

from spiders.families.unknown import UnknownFamily


class BaoNinhBinh(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baoninhbinh"
    title = "Báo Ninh Bình"
    provinces_before = ("Ninh Bình", "Hà Nam", "Nam Định")
    province = "Ninh Bình"
    hosts = ("baoninhbinh.org.vn",)
    former_hosts = ()
