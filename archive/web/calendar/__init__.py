"""The calendar of an address: all its captures, and what changed between them."""
