"""Exports of captures: the records of chosen articles as a WARC or a WACZ file."""
