"""Báo Bạc Liêu with the feeds that its newsroom has, which are Atom; parses nothing."""

from crawler.declaration.layout import Section
from spiders.families.baclieu2018 import BacLieu2018Family


class BaoBacLieu(BacLieu2018Family):
    """Its sections are those of the declaration proper, which knows of no feed."""

    name = "baobaclieu"
    title = "Báo Bạc Liêu"
    provinces_before = ("Bạc Liêu",)
    province = "Cà Mau"
    hosts = ("baobaclieu.vn",)
    former_hosts = ()
    feeds = ("/rss/{section}.rss",)
    sections = (
        Section("Xây dựng Đảng", "/xay-dung-dang"),
        Section("Quốc phòng - An ninh", "/quoc-phong-an-ninh"),
    )
