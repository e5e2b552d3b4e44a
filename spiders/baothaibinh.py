"""Báo Thái Bình, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoThaiBinh(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baothaibinh"
    title = "Báo Thái Bình"
    provinces_before = ("Thái Bình",)
    province = "Hưng Yên"
    merged_into = "baohungyen"
    hosts = ("baothaibinh.com.vn",)
    former_hosts = ()
