"""The pages of a newspaper, an author and a section, and the list of newspapers."""
