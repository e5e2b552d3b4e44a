"""Reading articles out of pages: bytes, address, capture time and layouts in, an Article out; no network, no clock."""

from crawler.extract.article import extract
from crawler.extract.requisites import chosen_links, css_requisites, furniture, links, requisites

__all__ = ["chosen_links", "css_requisites", "extract", "furniture", "links", "requisites"]
