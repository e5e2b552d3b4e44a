"""Báo Hải Dương, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoHaiDuong(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baohaiduong"
    title = "Báo Hải Dương"
    provinces_before = ("Hải Dương",)
    province = "Hải Phòng"
    merged_into = "baohaiphong"
    hosts = ("baohaiduong.vn",)
    former_hosts = ("baohaiduong.com.vn",)
    unsure = ("former_hosts",)
