"""Measurements, each printing ratios against a peer or a limit of the same run; asserts nothing."""
