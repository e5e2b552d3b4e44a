"""The Russian edition of another newspaper: Нян Зан."""

from spiders.families.mcms import McmsFamily


class NhanDanRussian(McmsFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "nhandanru"
    title = "Нян Зан"
    provinces_before = ()
    province = None
    edition_of = "nhandan"
    language = "ru"
    hosts = ("ru.nhandan.vn",)
    former_hosts = ()
    unsure = ("hosts", "title")
