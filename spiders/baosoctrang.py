"""Báo Sóc Trăng, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoSocTrang(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baosoctrang"
    title = "Báo Sóc Trăng"
    provinces_before = ("Sóc Trăng",)
    province = "Cần Thơ"
    merged_into = "baocantho"
    hosts = ("baosoctrang.org.vn",)
    former_hosts = ()
    other_paths = ("/khmer/",)
