"""What changed, on the command line: lists of changes, and two versions of an article compared."""
