"""Reading articles out of pages: bytes, address, capture time and layouts in, an Article out; no network, no clock."""

from crawler.extract.article import extract
from crawler.extract.requisites import css_requisites, links, requisites

__all__ = ["css_requisites", "extract", "links", "requisites"]
