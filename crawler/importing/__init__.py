"""Imports archives of other programs: their files into the collection, and the articles of their pages."""
