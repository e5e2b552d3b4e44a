"""Công an Thành phố Đà Nẵng."""

from spiders.families.unknown import UnknownFamily


class CongAnDaNang(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "congandanang"
    title = "Công an Thành phố Đà Nẵng"
    provinces_before = ("Đà Nẵng",)
    province = "Đà Nẵng"
    hosts = ("cadn.com.vn",)
    former_hosts = ()
    unsure = ("hosts",)
