"""Báo Cao Bằng, of the #content-detail family."""

from spiders.families.content_detail import ContentDetailFamily


class BaoCaoBang(ContentDetailFamily):
    """Its sections are unknown: the crawl finds them on the home page and in the sitemap."""

    name = "baocaobang"
    title = "Báo Cao Bằng"
    provinces_before = ("Cao Bằng",)
    province = "Cao Bằng"
    hosts = ("baocaobang.vn",)
    former_hosts = ()
