"""Crawls that run by themselves: what is to run when, and what came of it."""
