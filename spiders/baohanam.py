"""Báo Hà Nam, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoHaNam(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baohanam"
    title = "Báo Hà Nam"
    provinces_before = ("Hà Nam",)
    province = "Ninh Bình"
    merged_into = "baoninhbinh"
    hosts = ("baohanam.com.vn",)
    former_hosts = ()
