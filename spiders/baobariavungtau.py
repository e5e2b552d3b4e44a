"""Báo Bà Rịa - Vũng Tàu, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoBaRiaVungTau(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baobariavungtau"
    title = "Báo Bà Rịa - Vũng Tàu"
    provinces_before = ("Bà Rịa - Vũng Tàu",)
    province = "TP Hồ Chí Minh"
    merged_into = "sggp"
    hosts = ("baobariavungtau.com.vn",)
    former_hosts = ()
