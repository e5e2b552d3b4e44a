"""Người Lao Động."""

from spiders.families.unknown import UnknownFamily


class NguoiLaoDong(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "nguoilaodong"
    title = "Người Lao Động"
    provinces_before = ("TP Hồ Chí Minh",)
    province = "TP Hồ Chí Minh"
    hosts = ("nld.com.vn",)
    former_hosts = ()
    unsure = ("hosts",)
