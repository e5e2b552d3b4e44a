"""The researchers' site over a collection; writes nothing but the search index."""
