"""The Spanish edition of another newspaper: Nhân Dân, español."""

from spiders.families.mcms import McmsFamily


class NhanDanSpanish(McmsFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "nhandanes"
    title = "Nhân Dân, español"
    provinces_before = ()
    province = None
    edition_of = "nhandan"
    language = "es"
    hosts = ("es.nhandan.vn",)
    former_hosts = ()
    unsure = ("hosts",)
