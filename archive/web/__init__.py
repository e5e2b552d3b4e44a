"""The researchers' site: search, articles, coverage, runs and health of a collection."""
