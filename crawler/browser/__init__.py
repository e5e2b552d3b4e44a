"""Pages that scripts draw: opened in Chromium, whose requests the crawl's own client answers."""
