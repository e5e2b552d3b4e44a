"""Checking WARC, ARC and WACZ files by their standards, record by record."""
