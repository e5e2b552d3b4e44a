"""Thin adapters that lead items from Scrapy into `archive`; decide nothing themselves."""
