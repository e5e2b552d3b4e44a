"""Báo Thanh Hóa, with a content management system of its own."""

from crawler.crawl.newspaper import NewspaperSpider


class BaoThanhHoa(NewspaperSpider):
    """Of its markup only the lead is known: the rest is read without rules."""

    name = "baothanhhoa"
    title = "Báo Thanh Hóa"
    provinces_before = ("Thanh Hóa",)
    province = "Thanh Hóa"
    hosts = ("baothanhhoa.vn",)
    former_hosts = ()
    article_pattern = r"-(?P<id>\d{4,})\.htm$"
    section_pages = ".pagination a, a[rel=next]"
    layouts = ()
