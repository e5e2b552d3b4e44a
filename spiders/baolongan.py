"""Báo Long An, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoLongAn(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baolongan"
    title = "Báo Long An"
    provinces_before = ("Long An",)
    province = "Tây Ninh"
    merged_into = "baotayninh"
    hosts = ("baolongan.vn",)
    former_hosts = ()
