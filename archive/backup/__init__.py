"""Copies of a collection, in a folder or in a store, and what is put back of them."""
