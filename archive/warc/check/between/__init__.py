"""Checks between records: references, revisits and their originals, segments."""
