"""Records the end of maintenance in the catalog, where that can be written."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import attrs

from archive.catalog.maintenance import Maintenance, Outcome, Task, enter_maintenance
from archive.clock import now
from archive.collection import Collection
from archive.errors import BaotinhError


@attrs.define
class Recording:
    """What is recorded of a task when it ends: its figures, and whether it failed although nothing was raised."""

    detail: dict[str, Any] = attrs.field(factory=dict)
    outcome: Outcome = "finished"


@contextlib.contextmanager
def recorded(collection: Collection, task: Task) -> Iterator[Recording]:
    """Record the end of a task: `failed` where the block raises. A catalog that cannot be written is left as it is."""
    began_at, recording = now(), Recording()
    try:
        yield recording
    except BaseException as error:
        recording.outcome, recording.detail = "failed", {"failure": str(error) or type(error).__name__}
        raise
    finally:
        done = Maintenance(
            task=task, began_at=began_at, ended_at=now(), outcome=recording.outcome, detail=recording.detail
        )
        with (
            contextlib.suppress(BaotinhError, sqlite3.Error, OSError),
            collection.catalog(writable=True) as catalog,
            catalog.transaction() as connection,
        ):
            enter_maintenance(connection, done)
