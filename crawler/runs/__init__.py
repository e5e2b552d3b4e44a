"""One run of a crawl: its settings, the session that it writes to, its logs and its end."""
