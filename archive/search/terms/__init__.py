"""How a text becomes the terms of the index: its words in Vietnamese and other scripts, passages, the document."""
