"""Hànộimới, of the b-grid family."""

from spiders.families.onecms import OneCmsFamily


class HaNoiMoi(OneCmsFamily):
    """Its collections (-event<id>.html) are left out by the family's pattern."""

    name = "hanoimoi"
    title = "Hànộimới"
    provinces_before = ("Hà Nội",)
    province = "Hà Nội"
    hosts = ("hanoimoi.vn",)
    former_hosts = ()
