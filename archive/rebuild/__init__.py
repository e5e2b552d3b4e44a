"""Making a collection's catalog, CDXJ and index anew from WARC files and JSON lines; fetches and reads no page."""
