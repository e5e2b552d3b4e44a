"""The former place of `crawler.declaration.layout`, for declarations that were written before it moved."""

import warnings

from crawler.declaration.layout import Layout, Section

__all__ = ["Layout", "Section"]

warnings.warn("crawler.layout is now crawler.declaration.layout", DeprecationWarning, stacklevel=2)
