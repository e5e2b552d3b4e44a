"""The SQLite catalog, the truth about what a collection holds: a module a table, its rows beside its SQL."""

from archive.catalog.database import Catalog as Catalog
from archive.catalog.rows import Address as Address
from archive.catalog.rows import Capture as Capture
from archive.catalog.rows import Run as Run
from archive.catalog.rows import Version as Version
from archive.catalog.rows import WarcFile as WarcFile
