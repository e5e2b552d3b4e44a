"""The Chinese edition of another newspaper: Báo Nghệ An, 中文."""

from spiders.families.onecms import OneCmsFamily


class BaoNgheAnChinese(OneCmsFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "baongheancn"
    title = "Báo Nghệ An, 中文"
    provinces_before = ("Nghệ An",)
    province = "Nghệ An"
    edition_of = "baonghean"
    language = "zh"
    hosts = ("baonghean.vn",)
    former_hosts = ()
    paths = ("/cn/",)
