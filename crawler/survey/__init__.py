"""What a site shows of itself: links, menus, address patterns, feeds, repeated markup; pure, fetches nothing."""
