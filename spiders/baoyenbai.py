"""Báo Yên Bái, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoYenBai(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baoyenbai"
    title = "Báo Yên Bái"
    provinces_before = ("Yên Bái",)
    province = "Lào Cai"
    merged_into = "baolaocai"
    hosts = ("baoyenbai.com.vn",)
    former_hosts = ()
