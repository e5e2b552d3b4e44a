"""The Khmer edition of another newspaper: Báo Trà Vinh, tiếng Khmer."""

from spiders.families.unknown import UnknownFamily


class BaoTraVinhKhmer(UnknownFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "baotravinhkhmer"
    title = "Báo Trà Vinh, tiếng Khmer"
    provinces_before = ("Trà Vinh",)
    province = "Vĩnh Long"
    edition_of = "baotravinh"
    language = "km"
    hosts = ("baotravinh.vn",)
    former_hosts = ()
    paths = ("/khmer/",)
    unsure = ("paths",)
