"""Reads archived pages again by today's rules, and compares the articles with those that were released."""
