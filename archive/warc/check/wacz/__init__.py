"""Checks WACZ files (WACZ 1.1.1): the ZIP, its manifest and signature, its archives, indexes and pages."""
