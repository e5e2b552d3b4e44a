"""One file per newspaper, declarative; holds no parsing."""
