"""Quân đội nhân dân, on DotNetNuke."""

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class QuanDoiNhanDan(NewspaperSpider):
    """A paper of the whole country. Written from the structure of a saved article; its addresses have no ending."""

    name = "qdnd"
    title = "Quân đội nhân dân"
    provinces_before = ()
    province = None
    hosts = ("www.qdnd.vn", "qdnd.vn")
    former_hosts = ()
    article_pattern = r"^/.+-(?P<id>\d{5,})$"
    section_pages = ".pagination a, a[rel=next]"
    layouts = (
        Layout(
            title="h1.post-title",
            published_at=".post-subinfo",
            lead=".post-summary p.logo-online, .post-summary p",
            body=".post-content [itemprop=articleBody]",
            tags=".post-tag a[itemprop=keywords]",
        ),
    )
