"""Báo Quảng Bình, of a province that is part of Quảng Trị now."""

from crawler.declaration.layout import Layout
from spiders.families.month import MonthFamily


class BaoQuangBinh(MonthFamily):
    """The title is an h2; its body has no name but the grid's classes."""

    name = "baoquangbinh"
    title = "Báo Quảng Bình"
    provinces_before = ("Quảng Bình",)
    province = "Quảng Trị"
    merged_into = "baoquangtri"
    hosts = ("baoquangbinh.vn",)
    former_hosts = ()
    layouts = (
        Layout(
            title="h2#title",
            published_at=".page-detail-meta li.list-inline-item",
            body=".col-md-8.mb-5 > div",
        ),
    )
