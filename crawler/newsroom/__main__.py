"""`python -m crawler.newsroom`: serves the made-up newspapers until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from datetime import date, datetime
from pathlib import Path

from crawler.newsroom.newsroom import Newsroom
from crawler.newsroom.server import Responder, TransportLog, listen


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m crawler.newsroom", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--seed", type=int, default=2025)
    parser.add_argument("--articles", type=int, default=420)
    parser.add_argument("--undeclared", type=int, default=0, help="articles of the paper that nobody declares")
    parser.add_argument("--drawn", type=int, default=0, help="articles of the paper drawn by scripts")
    parser.add_argument("--editions", action="store_true", help="with the editions in other languages")
    parser.add_argument("--opens-at", type=datetime.fromisoformat, help="an instant before which all was printed")
    parser.add_argument("--until", type=date.fromisoformat, help="the day of the last articles")
    parser.add_argument("--log", type=Path, help="write every exchange's bytes to this file, a line of JSON each")
    parser.add_argument("--truth", type=Path, help="write what an extractor must find to this file before opening")
    chosen = parser.parse_args()
    newsroom = Newsroom(
        chosen.seed, chosen.articles, chosen.undeclared, chosen.drawn, chosen.editions, chosen.opens_at, chosen.until
    )
    if chosen.truth:
        chosen.truth.write_text(json.dumps(newsroom.truth(), ensure_ascii=False, indent=1), "utf-8")
    asyncio.run(_run(newsroom, chosen.port, chosen.log))


async def _run(newsroom: Newsroom, port: int, log_path: Path | None) -> None:
    log = TransportLog(log_path) if log_path else None
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await listen(Responder(newsroom, log), port)
    print(f"newsroom: http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await stop.wait()
    server.close()
    if log:
        log.close()


if __name__ == "__main__":
    main()
