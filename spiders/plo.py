"""Pháp luật Thành phố Hồ Chí Minh."""

from spiders.families.mcms import McmsFamily


class PhapLuat(McmsFamily):
    """Held to be of the family; no page was seen."""

    name = "plo"
    title = "Pháp luật Thành phố Hồ Chí Minh"
    provinces_before = ("TP Hồ Chí Minh",)
    province = "TP Hồ Chí Minh"
    hosts = ("plo.vn",)
    former_hosts = ("phapluattp.vn",)
    unsure = ("former_hosts", "family")
