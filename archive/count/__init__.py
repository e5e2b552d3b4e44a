"""Counts words over time: how often terms occur, and which words stand near them."""
