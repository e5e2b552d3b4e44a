"""Báo Hà Giang, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoHaGiang(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baohagiang"
    title = "Báo Hà Giang"
    provinces_before = ("Hà Giang",)
    province = "Tuyên Quang"
    merged_into = "baotuyenquang"
    hosts = ("baohagiang.vn",)
    former_hosts = ()
