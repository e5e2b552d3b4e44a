"""Which version this is: said here alone, for in an egg that was renamed no metadata of it can be found."""

VERSION = "0.1.0"
