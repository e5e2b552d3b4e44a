"""The filters of pages: what they are called, and those in force as links that each remove one."""
