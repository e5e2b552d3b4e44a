"""The pages of health and runs."""
