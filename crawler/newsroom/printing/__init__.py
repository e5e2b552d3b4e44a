"""The forms in which the papers print their stories: pages, feeds, answers to scripts."""
