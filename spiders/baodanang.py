"""Báo Đà Nẵng, on OneCMS."""

from datetime import date

from spiders.families.onecms import OneCmsFamily


class BaoDaNang(OneCmsFamily):
    """Its layout was verified against a saved article; its sections are looked for."""

    name = "baodanang"
    title = "Báo Đà Nẵng"
    provinces_before = ("Đà Nẵng", "Quảng Nam")
    province = "Đà Nẵng"
    hosts = ("baodanang.vn",)
    former_hosts = ()
    other_paths = ("/english/",)
    verified = date(2026, 10, 1)
