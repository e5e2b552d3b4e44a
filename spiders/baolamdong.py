"""Báo Lâm Đồng."""

from spiders.families.unknown import UnknownFamily


class BaoLamDong(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baolamdong"
    title = "Báo Lâm Đồng"
    provinces_before = ("Lâm Đồng", "Bình Thuận", "Đắk Nông")
    province = "Lâm Đồng"
    hosts = ("baolamdong.vn",)
    former_hosts = ()
