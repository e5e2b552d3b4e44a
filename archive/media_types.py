"""Media types that are named in several rooms."""

PAGES = ("text/html", "application/xhtml+xml")
"""Those of pages, without parameters, in lower case."""
