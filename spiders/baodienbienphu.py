"""Báo Điện Biên Phủ, with a content management system of its own."""

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class BaoDienBienPhu(NewspaperSpider):
    """A script shows its sections; the addresses of its articles hold no number."""

    name = "baodienbienphu"
    title = "Báo Điện Biên Phủ"
    provinces_before = ("Điện Biên",)
    province = "Điện Biên"
    hosts = ("baodienbienphu.vn",)
    former_hosts = ()
    needs_browser = ("sections",)
    article_pattern = r"^/tin-bai/(?P<id>[^/]+/[^/]+)/?$"
    section_pages = ".pagination a, a[rel=next]"
    layouts = (Layout(body="div.editor-content"),)
