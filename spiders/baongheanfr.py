"""The French edition of another newspaper: Báo Nghệ An, français."""

from spiders.families.onecms import OneCmsFamily


class BaoNgheAnFrench(OneCmsFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "baongheanfr"
    title = "Báo Nghệ An, français"
    provinces_before = ("Nghệ An",)
    province = "Nghệ An"
    edition_of = "baonghean"
    language = "fr"
    hosts = ("baonghean.vn",)
    former_hosts = ()
    paths = ("/fr/",)
