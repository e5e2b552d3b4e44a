"""Báo Bạc Liêu as of 2018, before its province became part of Cà Mau."""

from crawler.declaration.layout import Section
from spiders.families.baclieu2018 import BacLieu2018Family


class BaoBacLieu(BacLieu2018Family):
    """Two sections are known; the site had more, and most of it is in archives only."""

    name = "baobaclieu"
    title = "Báo Bạc Liêu"
    provinces_before = ("Bạc Liêu",)
    province = "Cà Mau"
    merged_into = "baocamau"
    hosts = ("baobaclieu.vn",)
    former_hosts = ()
    sections = (
        Section("Xây dựng Đảng", "/xay-dung-dang"),
        Section("Quốc phòng - An ninh", "/quoc-phong-an-ninh"),
    )
