"""The body of an article: its container's content as pieces, and the blocks, pictures and captions that they are."""
