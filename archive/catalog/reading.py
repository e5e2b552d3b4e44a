"""What the queries of every table share: the connection."""

from __future__ import annotations

import sqlite3


class Queries:
    """Queries of one table, to be asked of a catalog; each table's module has its own."""

    connection: sqlite3.Connection
