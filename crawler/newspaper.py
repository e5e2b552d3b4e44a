"""The former place of `crawler.crawl.newspaper`, for declarations that were written before it moved."""

import warnings

from crawler.crawl.newspaper import NewspaperSpider

__all__ = ["NewspaperSpider"]

warnings.warn("crawler.newspaper is now crawler.crawl.newspaper", DeprecationWarning, stacklevel=2)
