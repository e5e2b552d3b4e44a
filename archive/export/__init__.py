"""What researchers take away: tables, citations, and frozen sets of articles."""
