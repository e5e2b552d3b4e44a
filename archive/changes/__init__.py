"""What changed between two versions of an article: by word, and as kinds of change."""
