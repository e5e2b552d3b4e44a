"""Newspapers of whose markup nothing is known: pages are read without rules, articles known by an id in the address."""

from crawler.crawl.newspaper import NewspaperSpider


class UnknownFamily(NewspaperSpider):
    """Takes for articles the addresses with a headline's slug and an id, in the forms that such papers' systems use.

    Those are "/<slug>-<id>.html", "-a<id>", "-post<id>", a slug that ends in seven hexadecimal digits, and
    "/<id>/<slug>". Folders of a month, "/202406/", are no ids.
    """

    family = "unknown"
    article_pattern = (
        r"(?:/(?!(?:19|20)\d\d(?:0[1-9]|1[0-2])/)|/(?:[^/-]+-){2,}[a-z]{0,6})"
        r"(?P<id>\d{5,}|(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{7})(?:/[^/]{4,})?(?:\.[a-z]{2,5})?/?$"
    )
    section_pages = ".pagination a, a[rel=next]"
