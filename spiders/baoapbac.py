"""Báo Ấp Bắc, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoApBac(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baoapbac"
    title = "Báo Ấp Bắc"
    provinces_before = ("Tiền Giang",)
    province = "Đồng Tháp"
    merged_into = "baodongthap"
    hosts = ("baoapbac.vn",)
    former_hosts = ()
