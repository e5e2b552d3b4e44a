"""The English edition of another newspaper: Nhân Dân, English."""

from spiders.families.mcms import McmsFamily


class NhanDanEnglish(McmsFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "nhandanen"
    title = "Nhân Dân, English"
    provinces_before = ()
    province = None
    edition_of = "nhandan"
    language = "en"
    hosts = ("en.nhandan.vn",)
    former_hosts = ()
    unsure = ("hosts",)
