"""Báo Tuyên Quang."""

from spiders.families.unknown import UnknownFamily


class BaoTuyenQuang(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baotuyenquang"
    title = "Báo Tuyên Quang"
    provinces_before = ("Tuyên Quang", "Hà Giang")
    province = "Tuyên Quang"
    hosts = ("baotuyenquang.com.vn",)
    former_hosts = ()
