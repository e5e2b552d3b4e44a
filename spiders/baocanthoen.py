"""The English edition of another newspaper: Cần Thơ News."""

from spiders.families.a_id import AIdFamily


class BaoCanThoEnglish(AIdFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "baocanthoen"
    title = "Cần Thơ News"
    provinces_before = ("Cần Thơ",)
    province = "Cần Thơ"
    edition_of = "baocantho"
    language = "en"
    hosts = ("baocantho.com.vn",)
    former_hosts = ()
    paths = ("/news/",)
