"""The Chinese edition of another newspaper: 西贡解放日报."""

from spiders.families.mcms import McmsFamily


class SaiGonGiaiPhongChinese(McmsFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "sggpzh"
    title = "西贡解放日报"
    provinces_before = ("TP Hồ Chí Minh",)
    province = "TP Hồ Chí Minh"
    edition_of = "sggp"
    language = "zh"
    hosts = ("cn.sggp.org.vn",)
    former_hosts = ()
    unsure = ("hosts", "title")
