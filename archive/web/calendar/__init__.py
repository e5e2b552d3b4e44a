"""The calendar of an address: all its captures."""
