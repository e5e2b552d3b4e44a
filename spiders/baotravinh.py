"""Báo Trà Vinh, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoTraVinh(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baotravinh"
    title = "Báo Trà Vinh"
    provinces_before = ("Trà Vinh",)
    province = "Vĩnh Long"
    merged_into = "baovinhlong"
    hosts = ("baotravinh.vn",)
    former_hosts = ()
    other_paths = ("/khmer/",)
