"""WARC 1.1 (ISO 28500:2017): records, files, indexes; knows no newspaper and no article."""
