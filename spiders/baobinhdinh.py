"""Báo Bình Định, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoBinhDinh(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baobinhdinh"
    title = "Báo Bình Định"
    provinces_before = ("Bình Định",)
    province = "Gia Lai"
    merged_into = "baogialai"
    hosts = ("baobinhdinh.vn",)
    former_hosts = ("baobinhdinh.com.vn",)
    unsure = ("former_hosts",)
