"""Báo Kon Tum, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoKonTum(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baokontum"
    title = "Báo Kon Tum"
    provinces_before = ("Kon Tum",)
    province = "Quảng Ngãi"
    merged_into = "baoquangngai"
    hosts = ("baokontum.com.vn",)
    former_hosts = ()
