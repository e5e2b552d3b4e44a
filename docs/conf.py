"""Makes the documents' site with Sphinx, and with it the reference pages that are made from the code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS), str(DOCS.parent)]

import reference  # noqa: E402
from sphinx.application import Sphinx  # noqa: E402

project = "baotinh"
extensions = ["myst_parser"]
exclude_patterns = ["__pycache__"]
html_theme = "furo"
html_title = "baotinh"
html_show_copyright = html_show_sphinx = html_copy_source = False
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 4
pygments_style, pygments_dark_style = "friendly", "monokai"


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx's way of adding to it: the reference is written before the pages are read."""
    made = DOCS / "reference"
    made.mkdir(exist_ok=True)
    for name, page in reference.pages().items():
        path = made / name
        if not path.exists() or path.read_text("utf-8") != page:
            path.write_text(page, "utf-8")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
