"""What newspapers changed: lists of changes, their feeds, and two versions of an article compared."""
