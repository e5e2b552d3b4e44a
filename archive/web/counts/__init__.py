"""The pages of counts: terms over time, and the words near a term."""
