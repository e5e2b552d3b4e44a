"""Báo Bắc Ninh, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoBacNinh(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baobacninh"
    title = "Báo Bắc Ninh"
    provinces_before = ("Bắc Ninh",)
    province = "Bắc Ninh"
    merged_into = "baobacninhtv"
    hosts = ("baobacninh.vn",)
    former_hosts = ("baobacninh.com.vn",)
    unsure = ("former_hosts",)
