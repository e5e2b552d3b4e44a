"""A provincial newspaper group on loopback for the demonstration, the tests and the benchmarks; imports no extractor.

One server answers by Host header for baocantho.test, baolaocai.test and baobaclieu.test. How each field stands in the
pages is said in the docstrings of `cantho`, `laocai` and `baclieu`; where it is asked to, it prints a fourth paper,
`bienxanh`, which no file declares. It can act out days by a clock of its own: see `Newsroom` and `control`.
"""

from crawler.newsroom.newsroom import Newsroom
from crawler.newsroom.service import NewsroomNotOpened, RunningNewsroom, serve_newsroom

__all__ = ["Newsroom", "NewsroomNotOpened", "RunningNewsroom", "serve_newsroom"]
