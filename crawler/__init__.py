"""Fetches and reads newspapers' pages; `archive` keeps them."""
