"""Checks that files, the catalog, the projections and the articles agree."""
