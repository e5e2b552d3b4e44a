"""The page of exports, and their files."""
