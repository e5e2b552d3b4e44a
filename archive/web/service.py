"""What `serve` serves and where, for each of its processes."""

from __future__ import annotations

from pathlib import Path

import attrs

from archive.collection import Collection

LINGER = 5
"""Seconds for responses in progress when the service ends."""


@attrs.frozen(kw_only=True)
class Service:
    """The collection, the viewer's folder, the address that is listened on and how browsers reach both origins."""

    collection: Collection
    viewer: Path
    host: str
    site: str
    replay: str
    public_origin: str | None = None
    """The site's origin in what is taken away, where that is not the address that is asked."""
    public_replay: str | None = None
    """The replay's origin in the addresses of captures, where that is not the address that is asked."""
    shared: Path | None = None
    """A folder for what several processes share; None where there is one."""
