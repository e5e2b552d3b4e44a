"""Sound copies of damaged WARC and ARC files."""
