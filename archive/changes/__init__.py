"""What differs between two readings of an article: what the newspaper printed otherwise, by word and by kind."""
