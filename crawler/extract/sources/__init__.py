"""What a page says of its article outside a layout's rules: JSON-LD, meta elements, and the visible page."""
