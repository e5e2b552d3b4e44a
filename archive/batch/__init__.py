"""Work on many WARC files and versions: on processes of this machine, or on the workers of a Dask cluster."""
