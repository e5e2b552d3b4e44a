"""Báo Vĩnh Phúc, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoVinhPhuc(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baovinhphuc"
    title = "Báo Vĩnh Phúc"
    provinces_before = ("Vĩnh Phúc",)
    province = "Phú Thọ"
    merged_into = "baophutho"
    hosts = ("baovinhphuc.com.vn",)
    former_hosts = ()
