"""Times: as texts state them, where a page prints them, and which of them can be the article's."""
