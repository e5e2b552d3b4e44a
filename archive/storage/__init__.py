"""Where the WARC files of a collection stand: in its own folder, in one on another disk, or in an object store."""
