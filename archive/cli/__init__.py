"""The commands that read a collection, and how they print on a terminal."""
