"""The English edition of another newspaper: The Hanoi Times."""

from spiders.families.unknown import UnknownFamily


class HanoiTimes(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "hanoitimes"
    title = "The Hanoi Times"
    provinces_before = ("Hà Nội",)
    province = "Hà Nội"
    edition_of = "kinhtedothi"
    language = "en"
    hosts = ("hanoitimes.vn",)
    former_hosts = ()
    unsure = ("hosts",)
