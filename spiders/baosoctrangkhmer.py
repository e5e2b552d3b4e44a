"""The Khmer edition of another newspaper: Báo Sóc Trăng, tiếng Khmer."""

from spiders.families.unknown import UnknownFamily


class BaoSocTrangKhmer(UnknownFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "baosoctrangkhmer"
    title = "Báo Sóc Trăng, tiếng Khmer"
    provinces_before = ("Sóc Trăng",)
    province = "Cần Thơ"
    edition_of = "baosoctrang"
    language = "km"
    hosts = ("baosoctrang.org.vn",)
    former_hosts = ()
    paths = ("/khmer/",)
    unsure = ("paths",)
