"""Converts between attrs classes and plain JSON values: times in UTC (RFC 3339), spans in seconds."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta

import cattrs

from archive.zones import utc_text


@functools.cache
def plain_converter() -> cattrs.Converter:
    """The converter; `structure` raises cattrs.BaseValidationError, ValueError, TypeError or LookupError."""
    converter = cattrs.Converter()
    converter.register_unstructure_hook(datetime, utc_text)
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    converter.register_unstructure_hook(timedelta, timedelta.total_seconds)
    converter.register_structure_hook(timedelta, lambda value, _: timedelta(seconds=value))
    return converter
