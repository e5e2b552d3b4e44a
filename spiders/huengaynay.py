"""Huế ngày nay."""

from spiders.families.unknown import UnknownFamily


class HueNgayNay(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "huengaynay"
    title = "Huế ngày nay"
    provinces_before = ("Huế",)
    province = "Huế"
    hosts = ("huengaynay.vn",)
    former_hosts = ("baothuathienhue.vn",)
