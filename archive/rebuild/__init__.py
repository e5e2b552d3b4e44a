"""Makes a collection's catalog, CDXJ files and index anew from WARC files and JSON lines."""
