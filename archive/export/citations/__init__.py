"""Citations of articles: to copy (Chicago, APA, a Vietnamese form), and for programs (BibTeX, RIS, CSL-JSON)."""
