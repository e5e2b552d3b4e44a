"""Báo Hòa Bình, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoHoaBinh(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baohoabinh"
    title = "Báo Hòa Bình"
    provinces_before = ("Hòa Bình",)
    province = "Phú Thọ"
    merged_into = "baophutho"
    hosts = ("baohoabinh.com.vn",)
    former_hosts = ()
