"""The least that uvicorn can do: an application that sends prepared bytes, as many as `/?N` asks for.

`python -m benchmarks.bare PORT` serves it on loopback, with the settings of `baotinh serve`.
"""

from __future__ import annotations

import sys

import uvicorn
from starlette.types import Receive, Scope, Send

_BYTES = bytes(10_000_000)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with so many bytes."""
    body = _BYTES[: int(scope["query_string"] or 0)]
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    """Serve until ended."""
    uvicorn.run(app, port=int(sys.argv[1]), lifespan="off", log_config=None, access_log=False, server_header=False)


if __name__ == "__main__":
    main()
