"""An S3 server on loopback, and its addresses; what it holds is gone when it ends."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import fsspec

from archive.storage.located import NamedPlace

# What the server believes of anybody
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "invented", "AWS_DEFAULT_REGION": "us-east-1",
}  # fmt: skip
_NUMBERS = itertools.count(1)


@attrs.frozen
class ObjectStore:
    """A running server."""

    endpoint: str

    @property
    def port(self) -> int:
        """Where on loopback it listens."""
        return int(self.endpoint.rpartition(":")[2])

    def place(self, name: str = "warc") -> NamedPlace:
        """A prefix in a new bucket."""
        bucket = f"bucket-{next(_NUMBERS)}"
        self.make(bucket)
        return NamedPlace(f"s3://{bucket}/{name}", {"endpoint_url": self.endpoint})

    def make(self, bucket: str) -> None:
        """Make a bucket."""
        self.files().makedirs(bucket)

    def files(self) -> Any:
        """All that it holds."""
        return fsspec.filesystem(
            "s3", endpoint_url=self.endpoint, use_listings_cache=False,
            key=CREDENTIALS["AWS_ACCESS_KEY_ID"], secret=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )  # fmt: skip

    def names(self, place: NamedPlace) -> list[str]:
        """The names of the files in a place."""
        return sorted(path.rpartition("/")[2] for path in self.files().ls(place.url, detail=False))


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """A server for as long as it is needed."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield ObjectStore(f"http://{host}:{port}")
    finally:
        server.stop()
