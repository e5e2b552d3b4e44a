"""What a crawl asks for and when: spiders, section lists, feeds, backfill, the frontier and the revisit policy."""
