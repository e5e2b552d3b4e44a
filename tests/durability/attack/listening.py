"""What people are told during the attack: a webhook and a mail server, with the time of everything that came."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs
from support.mail_server import MailServer, mail_server

STATES = ("raised", "reminded", "cleared")


@attrs.frozen
class Told:
    """One thing that was told: when (time.monotonic), whether raised, reminded or cleared, and of what."""

    at: float
    state: str
    kind: str
    newspaper: str | None

    @property
    def what(self) -> tuple[str, str, str | None]:
        """It without its time."""
        return self.state, self.kind, self.newspaper


@attrs.define
class Listeners:
    """A webhook and a mail server, and what they took."""

    port: int
    mail: MailServer
    posts: list[tuple[float, dict[str, Any]]] = attrs.field(factory=list)
    pings: list[float] = attrs.field(factory=list)

    @property
    def told(self) -> list[Told]:
        """What the webhook was told, in turn."""
        return [
            Told(at, state, alarm["kind"], alarm["newspaper"])
            for at, said in [*self.posts]
            for state in STATES
            for alarm in said[state]
        ]

    def differs(self) -> str | None:
        """How what came by mail differs from what came by the webhook; None where it is the same, text by text."""
        posted = Counter(said["text"].strip() for _, said in self.posts)
        mailed = Counter(str(letter.get_content()).replace("\r\n", "\n").strip() for letter in self.mail.came)
        if posted == mailed:
            return None
        return f"by the webhook alone: {[*(posted - mailed)]}; by mail alone: {[*(mailed - posted)]}"


@contextmanager
def listening() -> Iterator[Listeners]:
    """Listen at a webhook (`/hook`), a monitor (`/ping`) and a mail server of this machine."""

    class Taking(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.posts.append((time.monotonic(), json.loads(body)))
            self._done()

        def do_GET(self) -> None:
            found.pings.append(time.monotonic())
            self._done()

        def _done(self) -> None:
            self.send_response(204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: it would go to standard error."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server, mail_server() as mail:
        found = Listeners(server.server_port, mail)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()
