"""One run of a crawl: its settings and arguments, the session that it writes to, its end."""
