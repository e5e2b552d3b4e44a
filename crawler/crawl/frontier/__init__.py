"""The addresses of a newspaper in one crawl: which are due, the requests for them, and what comes of these."""
