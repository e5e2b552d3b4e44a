"""The font for Chinese, in pieces by range of characters, as the package manager installed it beside the viewer."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

CHINESE_STYLE = "/static/chinese/index.css"
_PACKAGE = Path("@fontsource-variable") / "noto-sans-sc"
_FILE = re.compile(r"files/noto-sans-sc-[a-z0-9-]{1,40}\.woff2")


def chinese_font(viewer: Path) -> Path | None:
    """The folder of the font beside the viewer's; None where it is not installed."""
    folder = viewer.parent / _PACKAGE
    return folder if (folder / "index.css").is_file() else None


def serve_font(app: FastAPI, folder: Path) -> None:
    """Add the font's stylesheet and files to the site."""

    @app.get("/static/chinese/{name:path}")
    def piece(name: str) -> Response:
        if name == "index.css":
            return FileResponse(folder / name, media_type="text/css")
        if not _FILE.fullmatch(name) or not (folder / name).is_file():
            raise HTTPException(404)
        return FileResponse(folder / name, media_type="font/woff2")
