"""Full-text search of a collection; its index can be rebuilt from the catalog."""
