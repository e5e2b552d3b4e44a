"""A request that is refused with its reasons, where what was asked for is a file and not a page that could say them."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.exceptions import HTTPException


class Refusal(HTTPException):
    """HTTP 400, with sentences in the reader's language for the error page."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(400, "; ".join(self.reasons))
