"""Báo Vĩnh Long."""

from spiders.families.unknown import UnknownFamily


class BaoVinhLong(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baovinhlong"
    title = "Báo Vĩnh Long"
    provinces_before = ("Vĩnh Long", "Bến Tre", "Trà Vinh")
    province = "Vĩnh Long"
    hosts = ("baovinhlong.vn", "baovinhlong.com.vn")
    former_hosts = ()
