"""Báo Phú Thọ."""

from spiders.families.unknown import UnknownFamily


class BaoPhuTho(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baophutho"
    title = "Báo Phú Thọ"
    provinces_before = ("Phú Thọ", "Hòa Bình", "Vĩnh Phúc")
    province = "Phú Thọ"
    hosts = ("baophutho.vn",)
    former_hosts = ()
