"""Scrapy's settings where baotinh is installed: SCRAPY_SETTINGS_MODULE=baotinh.settings."""

from crawler.runs.settings import *  # noqa: F403
