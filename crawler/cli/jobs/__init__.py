"""`baotinh jobs`: crawl on a schedule, and see the results."""

# ruff: noqa: I001 - the order of the commands in the help
from crawler.cli.jobs import planned as planned
from crawler.cli.jobs import running as running
from crawler.cli.jobs import control as control
from crawler.cli.jobs import results as results
from crawler.cli.jobs import units as units
from crawler.cli.jobs.application import jobs as jobs
