"""What the pages of a site show of it: sections, feeds, address patterns, markup. Pure functions of bytes."""
