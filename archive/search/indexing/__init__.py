"""The index in its folder: made, followed, opened, of former versions and changed words too."""
