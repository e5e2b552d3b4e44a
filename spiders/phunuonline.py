"""Phụ nữ Thành phố Hồ Chí Minh."""

from spiders.families.unknown import UnknownFamily


class PhuNu(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "phunuonline"
    title = "Phụ nữ Thành phố Hồ Chí Minh"
    provinces_before = ("TP Hồ Chí Minh",)
    province = "TP Hồ Chí Minh"
    hosts = ("www.phunuonline.com.vn",)
    former_hosts = ()
    unsure = ("hosts",)
