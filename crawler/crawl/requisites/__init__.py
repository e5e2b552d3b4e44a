"""Fetches what pages need besides their own bytes."""
