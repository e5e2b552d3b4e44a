"""The operator's settings: `baotinh.toml`, its keys, and which value is in force.

`keys` is the one table of what may be set; `reading`, `showing`, `schema` and the documents follow it.
"""
