"""Báo Quảng Nam, of a former province; part of another newspaper since July 2025."""

from spiders.families.onecms import OneCmsFamily


class BaoQuangNam(OneCmsFamily):
    """Its pictures lie on 1cdn.vn, as those of the family; no page was seen."""

    name = "baoquangnam"
    title = "Báo Quảng Nam"
    provinces_before = ("Quảng Nam",)
    province = "Đà Nẵng"
    merged_into = "baodanang"
    hosts = ("baoquangnam.vn",)
    former_hosts = ("baoquangnam.com.vn",)
    unsure = ("former_hosts", "family")
