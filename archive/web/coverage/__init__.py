"""The coverage chart: page, table, values."""
