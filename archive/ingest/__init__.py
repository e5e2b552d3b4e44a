"""How a run writes a collection: its session, the writer thread, release, recovery, the import of archives."""
