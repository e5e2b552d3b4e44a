"""Servers of made-up provincial newspapers on loopback, for the demonstration, the tests and the benchmarks.

One server answers by Host header for baocantho.test, baolaocai.test and baobaclieu.test. The first lines of each
newspaper's template say where its pages have each field. On request a fourth newspaper is served, baobienxanh.test,
which no spider declares. `Newsroom` and `server.Control` simulate days with a clock that can be set.
"""

from crawler.newsroom.newsroom import Newsroom
from crawler.newsroom.service import NewsroomNotOpened, RunningNewsroom, serve_newsroom

__all__ = ["Newsroom", "NewsroomNotOpened", "RunningNewsroom", "serve_newsroom"]
