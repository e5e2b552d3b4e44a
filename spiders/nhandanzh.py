"""The Chinese edition of another newspaper: 人民报."""

from spiders.families.mcms import McmsFamily


class NhanDanChinese(McmsFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "nhandanzh"
    title = "人民报"
    provinces_before = ()
    province = None
    edition_of = "nhandan"
    language = "zh"
    hosts = ("cn.nhandan.vn",)
    former_hosts = ()
    unsure = ("hosts",)
