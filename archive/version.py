"""The version of baotinh; an egg that was renamed has no metadata to read it from."""

VERSION = "0.1.0"
