"""Measurements, each printing ratios against a peer of the same run; none asserts a figure."""
