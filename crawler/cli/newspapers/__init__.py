"""The `baotinh newspapers` commands."""
