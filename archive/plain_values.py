"""Converts between attrs classes and plain JSON values: times as ISO 8601 with their offset, spans in seconds."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta

import cattrs


@functools.cache
def plain_converter() -> cattrs.Converter:
    """The converter; `structure` raises cattrs.BaseValidationError, ValueError, TypeError or LookupError."""
    converter = cattrs.Converter()
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    converter.register_unstructure_hook(timedelta, timedelta.total_seconds)
    converter.register_structure_hook(timedelta, lambda value, _: timedelta(seconds=value))
    return converter
