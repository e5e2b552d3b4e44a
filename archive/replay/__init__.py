"""Replay of captured pages, on a separate origin."""
