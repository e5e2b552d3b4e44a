"""Báo Lao Động, with a content management system of its own."""

from datetime import date

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout


class LaoDong(NewspaperSpider):
    """A paper of the whole country. Only a video page was seen, whose lead is all its text."""

    name = "laodong"
    title = "Lao Động"
    provinces_before = ()
    province = None
    hosts = ("laodong.vn",)
    former_hosts = ()
    article_pattern = r"-(?P<id>\d{4,})\.ldo$"
    section_pages = ".pagination a, a[rel=next]"
    layouts = (
        Layout(
            title="article.article-detail h1.title",
            published_at="article.article-detail .time",
            lead="article.article-detail .chappeau p",
            body="article.article-detail .art-body, article.article-detail",
            byline="article.article-detail .authors",
            tags=".lst-tags a",
            drop=(".art-info", ".art-footer", ".google-news", ".social-sharing", ".lst-advs", ".chappeau", "h1"),
            verified=date(2026, 10, 1),
        ),
    )
    verified = date(2026, 10, 1)
