"""Frozen sets: the articles of a search at one time, each with the hash of its text."""
