"""Báo Hải Phòng, on OneCMS."""

from datetime import date

from spiders.families.onecms import OneCmsFamily


class BaoHaiPhong(OneCmsFamily):
    """Its layout was verified against a saved article; its sections are looked for."""

    name = "baohaiphong"
    title = "Báo Hải Phòng"
    provinces_before = ("Hải Phòng", "Hải Dương")
    province = "Hải Phòng"
    hosts = ("baohaiphong.vn",)
    former_hosts = ("baohaiphong.com.vn",)
    verified = date(2026, 10, 1)
