"""The `baotinh` command: `python -m baotinh`, and the script that is installed."""

from __future__ import annotations


def main() -> None:
    """Run the command."""
    from crawler.cli import main as run

    run()


if __name__ == "__main__":
    main()
