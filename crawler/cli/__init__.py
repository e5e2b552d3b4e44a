"""The `baotinh` command: crawl, capture, explain, extract, newspapers, demo, with their live view and summaries."""


def main() -> None:
    """Run the command; its modules are loaded only now."""
    from crawler.cli.commands import main as run

    run()
