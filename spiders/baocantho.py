"""Báo Cần Thơ as of January 2026."""

from datetime import date

from crawler.declaration.layout import Section
from spiders.families.a_id import AIdFamily


class BaoCanTho(AIdFamily):
    """The layout was verified against a saved article, the sections against a saved section page."""

    name = "baocantho"
    title = "Báo Cần Thơ"
    provinces_before = ("Cần Thơ", "Hậu Giang", "Sóc Trăng")
    province = "Cần Thơ"
    hosts = ("baocantho.com.vn",)
    former_hosts = ()
    other_paths = ("/news/", "/khmer/")
    verified = date(2026, 1, 8)
    feeds = ("/rss/cate/{section}/",)
    sections = (
        Section("Thời sự", "/thoi-su/"),
        Section("Chính trị", "/chinh-tri/"),
        Section("Kinh tế", "/kinh-te/"),
        Section("Xã hội", "/xa-hoi-phap-luat/"),
        Section("An ninh-Pháp luật", "/quoc-phong-an-ninh/"),
        Section("Thế giới", "/the-gioi/"),
        Section("Giáo dục", "/giao-duc/"),
        Section("Y tế", "/y-te/"),
        Section("Khoa học & Công nghệ", "/cong-nghe/"),
        Section("Chuyển đổi số", "/chuyen-doi-so/"),
        Section("Văn hóa - Giải trí", "/van-hoa-giai-tri/"),
        Section("Thể thao", "/the-thao/"),
        Section("Du lịch", "/du-lich/"),
        Section("Bất động sản - Đô thị", "/bat-dong-san-do-thi/"),
        Section("Nông dân làm giàu", "/nong-dan-ti-phu/"),
    )
