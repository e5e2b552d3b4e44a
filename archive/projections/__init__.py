"""What is made from the catalog, follows it, and can be made again: JSON lines with their schema, CDXJ files."""
