"""The former place of `crawler.runs.settings`, for a `scrapy.cfg` that was written before it moved."""

import warnings

from crawler.runs import settings

globals().update({name: value for name, value in vars(settings).items() if name.isupper()})

warnings.warn("crawler.settings is now crawler.runs.settings", DeprecationWarning, stacklevel=2)
