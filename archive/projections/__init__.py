"""Projections of the catalog, which can be made again: JSON lines with their schema, CDXJ files."""
