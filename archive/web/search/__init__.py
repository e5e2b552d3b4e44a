"""The search pages: results, timeline."""
