"""What is kept and how it is read; never imports Scrapy, Twisted or the rooms above."""

# stands here, because an egg that was renamed has no metadata to read it from
VERSION = "0.1.0"
