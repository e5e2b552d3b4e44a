"""`python -m benchmarks`: runs the benchmarks and writes their tables into the documents; asserts nothing."""

from __future__ import annotations

import argparse

from benchmarks import (
    assembled,
    crawls,
    drawing,
    exporting,
    extracting,
    importing,
    likeness,
    loading,
    memory,
    peers,
    replaying,
    reprinting,
    rereading,
    searching,
    table,
    verifying,
    writer,
)
from benchmarks.scale import curve

BENCHMARKS: dict[str, table.Benchmark] = {
    "capture": crawls.capture,
    "pictures": crawls.pictures,
    "whole": crawls.whole,
    "assembled": assembled.assembled,
    "writer": writer.writer,
    "verify": verifying.verify,
    "export": exporting.export,
    "import": importing.importing,
    "extract": extracting.extract,
    "reextract": rereading.reextract,
    "drawing": drawing.drawing,
    "likeness": likeness.likeness,
    "search": searching.search_rows,
    "reprints": reprinting.reprints,
    "site": loading.site,
    "replay": replaying.replay,
    "price": curve.price,
    "memory": memory.memory,
    "scale": curve.scale,
    "peers": peers.peers,
}


def main() -> None:
    """Run what is asked for; at full size it goes into the documents."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="fewer pages and turns; the documents stay as they are")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(BENCHMARKS):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    found: list[table.Found] = []
    for name in chosen.names or BENCHMARKS:
        for row in BENCHMARKS[name]("quick" if chosen.quick else "full"):
            print(table.for_terminal(row), flush=True)
            found.append(row)
    if chosen.quick:
        return
    if chosen.names:
        table.update_document(found)
    else:
        table.write_document(table.for_document(found))


if __name__ == "__main__":
    main()
