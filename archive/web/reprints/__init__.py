"""Printings of one text on the site: on an article's page, and two of them compared."""
