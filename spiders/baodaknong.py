"""Báo Đắk Nông, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoDakNong(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baodaknong"
    title = "Báo Đắk Nông"
    provinces_before = ("Đắk Nông",)
    province = "Lâm Đồng"
    merged_into = "baolamdong"
    hosts = ("baodaknong.vn",)
    former_hosts = ("baodaknong.org.vn",)
    unsure = ("former_hosts",)
