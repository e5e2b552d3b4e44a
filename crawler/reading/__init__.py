"""Reading pages in worker processes beside the crawl."""
