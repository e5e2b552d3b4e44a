"""Tuổi trẻ Thủ đô."""

from spiders.families.unknown import UnknownFamily


class TuoiTreThuDo(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "tuoitrethudo"
    title = "Tuổi trẻ Thủ đô"
    provinces_before = ("Hà Nội",)
    province = "Hà Nội"
    hosts = ("tuoitrethudo.vn",)
    former_hosts = ("tuoitrethudo.com.vn",)
    unsure = ("hosts",)
