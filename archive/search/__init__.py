"""Finding articles in a collection; keeps nothing that cannot be made again from the catalog."""
