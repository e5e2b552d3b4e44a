"""What a crawl found of a small paper and kept of it."""

from __future__ import annotations

from typing import Any

from support.small_paper import answer


def found(to: str) -> list[Any]:
    return answer("", f"Location: {to}", status="302 Found")


def asked(server: Any, since: int = 0) -> list[str]:
    return [path for path, _ in server.received[since:]]
