"""Báo Bình Phước, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoBinhPhuoc(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baobinhphuoc"
    title = "Báo Bình Phước"
    provinces_before = ("Bình Phước",)
    province = "Đồng Nai"
    merged_into = "baodongnai"
    hosts = ("baobinhphuoc.com.vn",)
    former_hosts = ()
