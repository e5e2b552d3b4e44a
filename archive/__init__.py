"""What is kept and how it is read; never imports Scrapy, Twisted or the rooms above."""
