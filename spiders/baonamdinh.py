"""Báo Nam Định, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoNamDinh(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baonamdinh"
    title = "Báo Nam Định"
    provinces_before = ("Nam Định",)
    province = "Ninh Bình"
    merged_into = "baoninhbinh"
    hosts = ("baonamdinh.vn",)
    former_hosts = ("baonamdinh.com.vn",)
    unsure = ("former_hosts",)
