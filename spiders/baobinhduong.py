"""Báo Bình Dương, of a province that is part of TP Hồ Chí Minh now."""

from crawler.declaration.layout import Layout
from spiders.families.a_id import SingularAIdFamily


class BaoBinhDuong(SingularAIdFamily):
    """A few selectors of two templates are known, but not the days on which each was used."""

    name = "baobinhduong"
    title = "Báo Bình Dương"
    provinces_before = ("Bình Dương",)
    province = "TP Hồ Chí Minh"
    merged_into = "sggp"
    hosts = ("baobinhduong.vn",)
    former_hosts = ()
    layouts = (
        *SingularAIdFamily.layouts,
        Layout(title="h1", published_at="div.ngaycapnhat", body="div#newscontents"),
    )
