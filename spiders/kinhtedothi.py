"""Kinh tế & Đô thị."""

from spiders.families.unknown import UnknownFamily


class KinhTeDoThi(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "kinhtedothi"
    title = "Kinh tế & Đô thị"
    provinces_before = ("Hà Nội",)
    province = "Hà Nội"
    hosts = ("kinhtedothi.vn",)
    former_hosts = ("kinhtedothi.com.vn",)
    unsure = ("former_hosts",)
