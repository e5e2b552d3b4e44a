"""Who made an article: printed Vietnamese bylines, and names out of structured metadata."""
