"""The Russian edition of another newspaper: Báo Nghệ An, русский."""

from spiders.families.onecms import OneCmsFamily


class BaoNgheAnRussian(OneCmsFamily):
    """Read with the layouts of its family; no page of it was seen."""

    name = "baongheanru"
    title = "Báo Nghệ An, русский"
    provinces_before = ("Nghệ An",)
    province = "Nghệ An"
    edition_of = "baonghean"
    language = "ru"
    hosts = ("baonghean.vn",)
    former_hosts = ()
    paths = ("/ru/",)
