"""The process that runs the jobs of a collection, and how commands reach it."""
