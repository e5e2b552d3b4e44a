"""Báo Bắc Kạn, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoBacKan(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baobackan"
    title = "Báo Bắc Kạn"
    provinces_before = ("Bắc Kạn",)
    province = "Thái Nguyên"
    merged_into = "baothainguyen"
    hosts = ("baobackan.vn",)
    former_hosts = ("baobackan.com.vn",)
    unsure = ("former_hosts",)
