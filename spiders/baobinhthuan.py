"""Báo Bình Thuận, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoBinhThuan(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baobinhthuan"
    title = "Báo Bình Thuận"
    provinces_before = ("Bình Thuận",)
    province = "Lâm Đồng"
    merged_into = "baolamdong"
    hosts = ("baobinhthuan.com.vn",)
    former_hosts = ()
