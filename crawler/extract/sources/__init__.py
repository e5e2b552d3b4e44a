"""Sources of an article's fields besides rules: JSON-LD, meta elements, the visible page."""
