"""What a site shows of itself: links, menus, address patterns, feeds, repeated markup. Bytes in, values out."""
