"""Section lists: the list pages that a crawl requests, how far it reads them, and backfills."""
