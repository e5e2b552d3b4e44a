"""The English edition of another newspaper: Sài Gòn Giải Phóng, English."""

from spiders.families.mcms import McmsFamily


class SaiGonGiaiPhongEnglish(McmsFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "sggpen"
    title = "Sài Gòn Giải Phóng, English"
    provinces_before = ("TP Hồ Chí Minh",)
    province = "TP Hồ Chí Minh"
    edition_of = "sggp"
    language = "en"
    hosts = ("en.sggp.org.vn",)
    former_hosts = ()
    unsure = ("hosts",)
