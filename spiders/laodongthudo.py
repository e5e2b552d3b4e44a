"""Lao động Thủ đô."""

from spiders.families.unknown import UnknownFamily


class LaoDongThuDo(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "laodongthudo"
    title = "Lao động Thủ đô"
    provinces_before = ("Hà Nội",)
    province = "Hà Nội"
    hosts = ("laodongthudo.vn",)
    former_hosts = ()
    unsure = ("hosts",)
