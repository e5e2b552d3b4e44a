"""Collections of any size that nothing crawled, and what the site, a run and a check of them cost."""
