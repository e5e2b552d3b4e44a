"""An ninh Thủ đô."""

from spiders.families.unknown import UnknownFamily


class AnNinhThuDo(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "anninhthudo"
    title = "An ninh Thủ đô"
    provinces_before = ("Hà Nội",)
    province = "Hà Nội"
    hosts = ("www.anninhthudo.vn", "anninhthudo.vn")
    former_hosts = ()
    unsure = ("hosts",)
