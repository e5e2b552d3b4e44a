"""Import of archives that other programs wrote: what is found, how it is copied, and which captures it holds."""
