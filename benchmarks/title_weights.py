"""Fits the weights of the title's sources by cross-validation over sites: each fold's sites are unseen by its weights.

    python -m benchmarks.title_weights FOLDER

FOLDER holds `truth.jsonl` (id, url, title) and `html/<id>.html.gz`. Ids begin with the site's name, up to the date.
"""

from __future__ import annotations

import gzip
import itertools
import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

import attrs

from crawler.extract import vote
from crawler.extract.extraction import SHOWN
from crawler.extract.page import open_page
from crawler.extract.sources.evidence import candidates, read_metadata
from crawler.extract.vote import Candidate, Source

FOLDS = 10
_DATE = re.compile(r"_\d{4}_\d\d_\d\d.*")
# OpenGraph's weight stays; only the ratios count.
_GRID: list[Mapping[Source, float]] = [
    {"meta": 6.2, "json-ld": linked, "visible": shown, "feed": 2.0, "rule": 12.0}
    for linked, shown in itertools.product((1.0, 2.6, 4.0, 5.0, 5.8, 6.6, 8.0), (0.3, 1.0, 2.2, 3.5, 5.0))
]


@attrs.frozen
class Case:
    """A page in another language than Vietnamese: its site, what stood for its title, and the right one."""

    site: str
    candidates: tuple[Candidate, ...]
    language: str
    truth: str


def cases(folder: Path) -> Iterator[Case]:
    """The pages of a folder that are not Vietnamese."""
    for line in (folder / "truth.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)
        page = open_page(gzip.decompress((folder / "html" / f"{truth['id']}.html.gz").read_bytes()), truth["url"], {})
        metadata = read_metadata(page, urlsplit(truth["url"]).hostname or "unknown")
        stood = tuple(one for one in candidates(page, metadata, "UTC", shown=SHOWN) if one.field == "title")
        if metadata.language != "vi" and truth.get("title"):
            yield Case(_DATE.sub("", truth["id"]), stood, metadata.language, _plain(truth["title"]))


def right(weights: Mapping[Source, float], tried: Sequence[Case]) -> int:
    """How many titles a vote with such weights reads right, to the letter."""
    with patch.dict(vote.WEIGHTS, {"title": weights}):
        chosen = (vote.choose(case.candidates, case.language).value for case in tried)
        return sum(_plain(title or "") == case.truth for title, case in zip(chosen, tried, strict=True))


def fitted(seen: Sequence[Case]) -> Mapping[Source, float]:
    """The weights that read most titles right; of several as good the one in their middle."""
    scores = [right(weights, seen) for weights in _GRID]
    best = [weights for weights, score in zip(_GRID, scores, strict=True) if score == max(scores)]
    return best[len(best) // 2]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def main() -> None:
    """Print each fold's weights with what they read of sites that they have not seen."""
    everything = list(cases(Path(sys.argv[1])))
    sites = sorted({case.site for case in everything})
    total = 0
    for fold in range(FOLDS):
        unseen = set(sites[fold::FOLDS])
        weights = fitted([case for case in everything if case.site not in unseen])
        tried = [case for case in everything if case.site in unseen]
        total += (found := right(weights, tried))
        print(f"fold {fold + 1}: json-ld {weights['json-ld']}, visible {weights['visible']}: {found} of {len(tried)}")
    print(f"unseen sites: {100 * total / len(everything):.1f} % of {len(everything)}")
    weights = fitted(everything)
    print(f"all: json-ld {weights['json-ld']}, visible {weights['visible']}: {right(weights, everything)} right")


if __name__ == "__main__":
    main()
