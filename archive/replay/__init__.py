"""Showing captured pages as they were, on an origin of their own; fetches nothing from the live web."""
