"""Finds the same picture under other addresses, sizes and crops, so that it can be followed from paper to paper."""
