"""Reprints: which articles print the same text, who took it from whom, and how sure that is."""
