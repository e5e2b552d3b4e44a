"""py-wacz and js-wacz, each in a process of its own, and ReplayWeb.page over a WACZ file on loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.responses import FileResponse, HTMLResponse, Response

from support.browsing import VIEWER
from support.serving import app_served

PEERS = Path(__file__).parents[2] / ".wacz"
PY_WACZ, JS_WACZ = PEERS / "bin" / "wacz", PEERS / "node_modules" / ".bin" / "js-wacz"
_MAY_SKIP = os.environ.get("TEST_PARTS") != "required"
needs_peers = pytest.mark.skipif(not JS_WACZ.exists() and _MAY_SKIP, reason="not installed: run 'make wacz'")
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="no Node here")
_FRAME = "<!doctype html><script src=ui.js></script><replay-app-main></replay-app-main>"
# as the site's replay does: the frame must be answered by the viewer's worker, so that starts first
_PAGE = """<!doctype html><meta charset=utf-8><script src=/replay/ui.js></script><body><script>
(async () => {
  const found = await navigator.serviceWorker.register("/replay/sw.js?serveIndex=1", { scope: "/replay/" });
  const worker = found.active || found.waiting || found.installing;
  while (worker.state !== "activated") {
    await new Promise((changed) => worker.addEventListener("statechange", changed, { once: true }));
  }
  const viewer = document.createElement("replay-web-page");
  const asked = new URLSearchParams(location.search);
  const attributes = { source: "/export.wacz", replaybase: "/replay/", embed: "replayonly", deeplink: "" };
  for (const [name, value] of [...Object.entries(attributes), ...asked]) viewer.setAttribute(name, value);
  viewer.style = "display:block;height:90vh";
  document.body.append(viewer);
})();
</script>"""


def run(*command: object) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def validate(path: Path) -> str:
    """What py-wacz says of a WACZ."""
    return run(PY_WACZ, "validate", "-f", path)


@contextmanager
def viewer_over(path: Path) -> Iterator[str]:
    """The address of a page with ReplayWeb.page over a file, to which `?url=...&ts=...` is added."""
    app = FastAPI()

    @app.api_route("/export.wacz", methods=["GET", "HEAD"])
    def wacz() -> Response:
        return FileResponse(path, media_type="application/wacz")

    @app.get("/replay/{name:path}")
    def part(name: str) -> Response:
        if not name:
            return HTMLResponse(_FRAME)
        return FileResponse(VIEWER / name) if (VIEWER / name).is_file() else Response(status_code=404)

    @app.get("/")
    def page() -> Response:
        return HTMLResponse(_PAGE)

    with app_served(app) as origin:
        yield f"{origin}/"
