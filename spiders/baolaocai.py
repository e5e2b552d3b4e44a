"""Báo Lào Cai as of 2025."""

from crawler.declaration.layout import Section
from spiders.families.mcms import McmsFamily


class BaoLaoCai(McmsFamily):
    """Two sections are known; the site has more."""

    name = "baolaocai"
    title = "Báo Lào Cai"
    provinces_before = ("Lào Cai", "Yên Bái")
    province = "Lào Cai"
    hosts = ("baolaocai.vn",)
    former_hosts = ()
    sitemaps = ("/sitemap.xml",)
    sections = (
        Section("Xã hội", "/xa-hoi/"),
        Section("Văn hóa", "/van-hoa/"),
    )
