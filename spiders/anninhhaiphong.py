"""An ninh Hải Phòng."""

from spiders.families.unknown import UnknownFamily


class AnNinhHaiPhong(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "anninhhaiphong"
    title = "An ninh Hải Phòng"
    provinces_before = ("Hải Phòng",)
    province = "Hải Phòng"
    hosts = ("anhp.vn",)
    former_hosts = ()
    unsure = ("hosts",)
