"""One declaration for each newspaper, without parsing code."""
