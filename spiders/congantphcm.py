"""Công an Thành phố Hồ Chí Minh."""

from spiders.families.unknown import UnknownFamily


class CongAnHoChiMinh(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "congantphcm"
    title = "Công an Thành phố Hồ Chí Minh"
    provinces_before = ("TP Hồ Chí Minh",)
    province = "TP Hồ Chí Minh"
    hosts = ("congan.com.vn",)
    former_hosts = ()
    unsure = ("hosts",)
