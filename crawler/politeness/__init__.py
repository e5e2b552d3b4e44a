"""Robots.txt, backoff, quiet hours, budgets and redirects."""
