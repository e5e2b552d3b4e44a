"""Extraction: bytes, address, capture time and layouts in, an Article out. Pure."""

from crawler.extract.article import extract
from crawler.extract.links import boilerplate_pictures, chosen_links, css_requisites, links, outlinks, requisites
from crawler.extract.page import open_page
from crawler.extract.paging import join
from crawler.extract.results import ArticlePage, ListPage, read_article_page, read_list_page
from crawler.extract.vote import FeedEntry

__all__ = [
    "ArticlePage",
    "FeedEntry",
    "ListPage",
    "boilerplate_pictures",
    "chosen_links",
    "css_requisites",
    "extract",
    "join",
    "links",
    "open_page",
    "outlinks",
    "read_article_page",
    "read_list_page",
    "requisites",
]  # fmt: skip
