"""Công an Nghệ An."""

from spiders.families.unknown import UnknownFamily


class CongAnNgheAn(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "congannghean"
    title = "Công an Nghệ An"
    provinces_before = ("Nghệ An",)
    province = "Nghệ An"
    hosts = ("congannghean.vn",)
    former_hosts = ()
    unsure = ("hosts",)
