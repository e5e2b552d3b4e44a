"""Has the pictures compared beside the site, in a process of its own, while there are any that were not."""

from __future__ import annotations

import logging
import threading

from archive.catalog.pictures import is_behind
from archive.collection import Collection
from archive.followers import Follower
from archive.pictures.hashing import METHOD
from archive.settings import compares_pictures

logger = logging.getLogger(__name__)


class FollowedPictures:
    """The pictures of a collection that the site shows.

    Where the collection cannot be written, one warning says so, and they are compared no more.
    """

    def __init__(self, collection: Collection) -> None:
        self._collection = collection.whole  # what is withheld is compared as well, as that may end any day
        self._follower = Follower("archive.pictures.follower", collection.root)
        self._is_wanted, self._alone = compares_pictures(), threading.Lock()

    def bring_up_to_date(self) -> None:
        """Request a comparison where something is new; does not wait. Without anything new no process is kept."""
        with self._alone:
            if not self._is_wanted:
                return
            with self._collection.catalog() as catalog:
                behind = is_behind(catalog.connection, METHOD)
            if behind:
                self._follower.request_update()
            else:
                self._follower.close()
            if self._follower.failure is not None:
                self._is_wanted = False
                logger.warning("Pictures are not compared beside the site any more: %s", self._follower.failure)

    def close(self) -> None:
        """End the process."""
        with self._alone:
            self._is_wanted = False
            self._follower.close()
