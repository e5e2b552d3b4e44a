"""The French edition of another newspaper: Nhân Dân, français."""

from spiders.families.mcms import McmsFamily


class NhanDanFrench(McmsFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "nhandanfr"
    title = "Nhân Dân, français"
    provinces_before = ()
    province = None
    edition_of = "nhandan"
    language = "fr"
    hosts = ("fr.nhandan.vn",)
    former_hosts = ()
    unsure = ("hosts",)
