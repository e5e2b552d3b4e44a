"""Báo Ninh Thuận, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoNinhThuan(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baoninhthuan"
    title = "Báo Ninh Thuận"
    provinces_before = ("Ninh Thuận",)
    province = "Khánh Hòa"
    merged_into = "baokhanhhoa"
    hosts = ("baoninhthuan.com.vn",)
    former_hosts = ()
