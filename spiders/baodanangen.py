"""The English edition of another newspaper: Báo Đà Nẵng, English."""

from spiders.families.onecms import OneCmsFamily


class BaoDaNangEnglish(OneCmsFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "baodanangen"
    title = "Báo Đà Nẵng, English"
    provinces_before = ("Đà Nẵng",)
    province = "Đà Nẵng"
    edition_of = "baodanang"
    language = "en"
    hosts = ("baodanang.vn",)
    former_hosts = ()
    paths = ("/english/",)
    unsure = ("paths",)
