"""Báo Kiên Giang, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoKienGiang(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baokiengiang"
    title = "Báo Kiên Giang"
    provinces_before = ("Kiên Giang",)
    province = "An Giang"
    merged_into = "baoangiang"
    hosts = ("baokiengiang.vn",)
    former_hosts = ()
