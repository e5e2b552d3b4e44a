"""How pages are fetched and read; leaves keeping to `archive`."""
