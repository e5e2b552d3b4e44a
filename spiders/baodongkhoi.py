"""Báo Đồng Khởi of Bến Tre, a province that is part of Vĩnh Long now."""

from crawler.declaration.layout import Layout
from spiders.families.a_id import AIdFamily


class BaoDongKhoi(AIdFamily):
    """Since the merger it is a part of the site of Báo Vĩnh Long."""

    name = "baodongkhoi"
    title = "Báo Đồng Khởi"
    provinces_before = ("Bến Tre",)
    province = "Vĩnh Long"
    edition_of = "baovinhlong"
    hosts = ("dongkhoi.baovinhlong.vn",)
    former_hosts = ("baodongkhoi.vn", "baobentre.vn")
    unsure = ("former_hosts",)
    layouts = (
        Layout(
            title="h1",
            lead=".detail-desc p",
            body="#newscontents, div.content-fck",
        ),
    )
