"""The Khmer edition of another newspaper: Báo Cần Thơ, tiếng Khmer."""

from spiders.families.a_id import AIdFamily


class BaoCanThoKhmer(AIdFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "baocanthokhmer"
    title = "Báo Cần Thơ, tiếng Khmer"
    provinces_before = ("Cần Thơ",)
    province = "Cần Thơ"
    edition_of = "baocantho"
    language = "km"
    hosts = ("baocantho.com.vn",)
    former_hosts = ()
    paths = ("/khmer/",)
