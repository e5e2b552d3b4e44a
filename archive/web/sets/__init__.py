"""The pages of frozen sets."""
