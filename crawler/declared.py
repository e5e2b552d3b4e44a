"""The rules of the declared newspapers by the hosts that they answer for; crawls none of them."""

from __future__ import annotations

from crawler.extract import Rules


def rules_by_host() -> dict[str, Rules]:
    """What the pages of each declared host are read by, former hosts included."""
    from crawler.run import newspapers  # brings Scrapy

    return {host: spider.rules() for spider in newspapers().values() for host in (*spider.former_hosts, *spider.hosts)}
