"""A host that fails far more often than usual rings, beside no other alarm of the same errors."""

from __future__ import annotations

from support.past_runs import HOUR, Past
from support.past_runs import past as past
from test_metrics import figures

from archive.catalog.host_requests import MOST_HOSTS, enter_hosts
from archive.health.metrics import exposition


def run(past: Past, ago: float, requests: int, failed: int, host: str = "a.test", outcome: str = "finished") -> None:
    number = past.run(HOUR * ago, outcome, pages=20, articles_new=3)
    past.write("INSERT INTO host_requests VALUES (?, ?, ?, ?)", number, host, requests, failed)


def test_a_host_rings_beyond_a_fifth_and_three_times_the_usual(past: Past) -> None:
    run(past, 30, 100, 2)
    run(past, 2, 100, 9)
    assert past.found() == {}
    run(past, 1, 20, 18)
    assert past.found() == {("host", "a.test"): "22% of 120 requests within a day failed; usually 2% do"}


def test_a_host_that_always_fails_so_often_does_not_ring(past: Past) -> None:
    run(past, 30, 100, 25)
    run(past, 2, 100, 40)
    assert past.found() == {}
    run(past, 1, 400, 400)
    assert set(past.found()) == {("host", "a.test")}


def test_few_failures_and_runs_that_failed_altogether_do_not_ring(past: Past) -> None:
    run(past, 2, 10, 9)
    run(past, 1, 100, 100, outcome="failed")
    assert past.found() == {}


def test_beside_errors_it_is_a_consequence(past: Past) -> None:
    run(past, 1, 100, 50)
    past.run(HOUR / 2, pages=20, errors=12)
    assert set(past.found()) == {("errors", "")}


def test_hosts_are_bounded_and_what_a_report_lacks_is_left_out(past: Past) -> None:
    number = past.run(HOUR, pages=1)
    hosts = {f"h{one}.test": {"requests": one + 1, "answers": {"5xx": one}, "failed": 9} for one in range(50)}
    odd = {"odd": None, "none.test": {"requests": 0, "failed": 0}, "text.test": {"requests": "9", "failed": 1}}
    with past.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        for said in ([], "x", odd):
            enter_hosts(connection, number, said)
            assert connection.execute("SELECT count(*) FROM host_requests").fetchone() == (0,)
        enter_hosts(connection, number, hosts)
        rows = connection.execute("SELECT host, requests, failed FROM host_requests ORDER BY requests DESC").fetchall()
    assert len(rows) == MOST_HOSTS and tuple(rows[0]) == ("h49.test", 50, 50)


def test_metrics_have_the_most_requested_hosts_of_the_last_day(past: Past) -> None:
    run(past, 40, 9, 9, "old.test")
    for one in range(20):
        run(past, 1, 100 + one, one, f"h{one}.test")
    found = figures(exposition(past.collection).decode())
    hosts = {labels[0]: value for (name, labels), value in found.items() if name == "baotinh_host_requests"}
    assert len(hosts) == 10 and hosts["h19.test"] == 119
    assert found["baotinh_host_failed_requests", ("h19.test", "baocantho")] == 19
