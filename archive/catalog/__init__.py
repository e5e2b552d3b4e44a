"""The SQLite catalog, the truth about what a collection holds: a module a table, its rows beside its SQL."""

from archive.catalog.captures import Capture as Capture
from archive.catalog.database import Catalog as Catalog
from archive.catalog.frontier import Address as Address
from archive.catalog.runs import Run as Run
from archive.catalog.versions import Version as Version
from archive.catalog.warc_files import WarcFile as WarcFile
