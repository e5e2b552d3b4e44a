"""The console that all commands print on; text from the network cannot control the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import rich.console
from rich.console import ConsoleOptions, RenderableType
from rich.segment import Segment

from archive.printable import printable

# Wider than any line of ours: what goes into a file or another program is never broken.
_UNBROKEN = 100_000


class Console(rich.console.Console):
    """A console of rich that takes text as it is, without markup, and prints none of its control characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"markup": False, "highlight": False, "emoji": False, **options})
        if not self.file.isatty() and "width" not in options:
            self.width = _UNBROKEN

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As rich does; a segment that is a control of rich's own stays as it is."""
        for segment in super().render(renderable, options):
            if segment.control is None and (text := printable(segment.text)) != segment.text:
                segment = Segment(text, segment.style)
            yield segment
