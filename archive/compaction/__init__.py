"""`baotinh compact`: fewer, larger WARC files."""
