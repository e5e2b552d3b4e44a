"""What differs between two readings of an article, and what of it the newspaper printed."""
