"""Báo Nghệ An, on OneCMS."""

from datetime import date

from spiders.families.onecms import OneCmsFamily


class BaoNgheAn(OneCmsFamily):
    """Its layout was verified against a saved article; its sections are looked for."""

    name = "baonghean"
    title = "Báo Nghệ An"
    provinces_before = ("Nghệ An",)
    province = "Nghệ An"
    hosts = ("baonghean.vn",)
    former_hosts = ()
    other_paths = ("/en/", "/fr/", "/ru/", "/cn/")
    verified = date(2026, 10, 1)
