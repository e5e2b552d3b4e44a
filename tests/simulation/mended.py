"""Báo Cần Thơ's declaration after somebody has looked at its second markup; parses nothing."""

from crawler.declaration.layout import Layout, Section
from spiders.families.a_id import AIdFamily


class BaoCanTho(AIdFamily):
    """Both markups; which of them a page has is seen on the page."""

    name = "baocantho"
    title = "Báo Cần Thơ"
    provinces_before = ("Cần Thơ", "Hậu Giang", "Sóc Trăng")
    province = "Cần Thơ"
    hosts = ("baocantho.com.vn",)
    former_hosts = ()
    feeds = ("/rss/cate/{section}/",)
    sections = (
        Section("Thời sự", "/thoi-su/"),
        Section("Kinh tế", "/kinh-te/"),
    )
    layouts = (
        Layout(
            title="h2.ct-headline",
            kicker=".ct-trail a",
            section=".ct-trail a",
            published_at=".ct-when b",
            modified_at=".ct-when i",
            lead_opens_body=True,
            body=".ct-words",
            byline=".ct-sign",
            tags=".ct-words-of a",
            related=".ct-more",
        ),
        *AIdFamily.layouts,
    )
