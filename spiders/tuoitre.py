"""Tuổi Trẻ."""

from spiders.families.unknown import UnknownFamily


class TuoiTre(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "tuoitre"
    title = "Tuổi Trẻ"
    provinces_before = ("TP Hồ Chí Minh",)
    province = "TP Hồ Chí Minh"
    hosts = ("tuoitre.vn",)
    former_hosts = ()
    unsure = ("hosts",)
