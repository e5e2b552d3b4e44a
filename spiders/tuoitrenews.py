"""The English edition of another newspaper: Tuoi Tre News."""

from spiders.families.unknown import UnknownFamily


class TuoiTreNews(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "tuoitrenews"
    title = "Tuoi Tre News"
    provinces_before = ("TP Hồ Chí Minh",)
    province = "TP Hồ Chí Minh"
    edition_of = "tuoitre"
    language = "en"
    hosts = ("news.tuoitre.vn",)
    former_hosts = ()
    unsure = ("hosts",)
