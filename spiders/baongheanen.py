"""The English edition of another newspaper: Báo Nghệ An, English."""

from spiders.families.onecms import OneCmsFamily


class BaoNgheAnEnglish(OneCmsFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "baongheanen"
    title = "Báo Nghệ An, English"
    provinces_before = ("Nghệ An",)
    province = "Nghệ An"
    edition_of = "baonghean"
    language = "en"
    hosts = ("baonghean.vn",)
    former_hosts = ()
    paths = ("/en/",)
