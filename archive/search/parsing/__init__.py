"""The language of queries: what is typed, as a tree."""
