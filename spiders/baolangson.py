"""Báo Lạng Sơn."""

from spiders.families.unknown import UnknownFamily


class BaoLangSon(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baolangson"
    title = "Báo Lạng Sơn"
    provinces_before = ("Lạng Sơn",)
    province = "Lạng Sơn"
    hosts = ("baolangson.vn",)
    former_hosts = ()
