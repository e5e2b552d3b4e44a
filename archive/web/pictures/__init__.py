"""The pages of pictures found by their captions."""
