"""A crawl of the network never reaches this machine or the networks behind it, whatever a page links to."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.asking import SCRIPT, ask
from support.crawling import baotinh
from support.hostile_paper import html
from support.raw_server import raw_server

from crawler.http.resolver import PrivateAddress, check_host, is_public

PRIVATE = (
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::",
    "2001:db8::1", "fec0::1", "::7f00:1", "::a00:1",
)  # fmt: skip
# In place of a name server: the look-up of the standard library, with one name more.
RESOLVING = """
import socket
usual, names = socket.getaddrinfo, {names}
socket.getaddrinfo = lambda host, *args, **more: usual(names.get(host, host), *args, **more)
process.start()
"""
PUBLIC = (
    "8.8.8.8",
    "113.160.0.1",
    "172.32.0.1",
    "2606:4700::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(PrivateAddress):
        check_host(f"http://[{address}]/a" if ":" in address else f"http://{address}:8080/a")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(address)
    check_host(f"http://[{address}]/a" if ":" in address else f"http://{address}/a")


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "10.1", "127.0.0.1."])
def test_private_addresses_written_oddly(host: str) -> None:
    """A proxy would take them for what they are."""
    with pytest.raises(PrivateAddress):
        check_host(f"http://{host}/a")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost.", "a.localhost"])
def test_names_of_this_machine(host: str) -> None:
    with pytest.raises(PrivateAddress):
        check_host(f"http://{host}/a")


def test_no_connection_is_made_to_a_private_address(tmp_path: Path) -> None:
    """By number, by name, and by a name that resolves to one."""
    resolves = RESOLVING.format(names={"inside.papers.vn": "127.0.0.1"})
    with raw_server({"/a": [html("secret")]}) as server:
        hosts = ["127.0.0.1", "localhost", "inside.papers.vn"]
        report = ask(
            tmp_path, *(f"http://{host}:{server.port}/a" for host in hosts), settings={"ROBOTSTXT_OBEY": False},
                     script=SCRIPT.replace("process.start()", resolves))  # fmt: skip
    assert server.connections == 0
    assert report["counts"]["private addresses refused"] == 3
    assert all(trouble["reason"].startswith("private_address ") for trouble in report["troubles"])
    assert not list((tmp_path / "warc").iterdir())


def test_a_public_name_is_reached_through_the_same_gate(tmp_path: Path) -> None:
    """Here the loopback address counts as public, for want of another that can be reached."""
    change = """
import ipaddress
from crawler.http import resolver
resolver.is_public = lambda address: ipaddress.ip_address(address).is_loopback""" + RESOLVING.format(
        names={"papers.vn": "127.0.0.1"}
    )
    with raw_server({"/a": [html("public")]}) as server:
        report = ask(tmp_path, f"http://papers.vn:{server.port}/a", script=SCRIPT.replace("process.start()", change))
    assert [path for path, _ in server.received] == ["/robots.txt", "/a"] and report["troubles"] == []


def test_a_redirect_to_a_private_address_is_not_followed(tmp_path: Path) -> None:
    """The redirect came through a proxy: what it would look up is out of sight, what is plain is refused."""
    with raw_server({"/secret": [html("secret")]}) as inner:
        answers = {
            "/a": [html("", f"Location: http://127.0.0.1:{inner.port}/secret", status="302 Found")],
            "/b": [html("", f"Location: http://[::ffff:127.0.0.1]:{inner.port}/secret", status="302 Found")],
        }
        with raw_server(answers, is_proxy=True) as proxy:  # type: ignore[arg-type]
            report = ask(
                tmp_path, "http://papers.test/a", "http://papers.test/b", http_proxy=f"http://127.0.0.1:{proxy.port}"
            )
    assert inner.connections == 0
    assert not [path for path, _ in proxy.received if path == "/secret"]
    assert report["counts"]["private addresses refused"] == 2


def test_a_redirect_from_the_public_network_to_a_private_address_is_not_followed(tmp_path: Path) -> None:
    """By number, and by a name that resolves to one; the server itself counts as public here, its neighbours do not."""
    change = """
import ipaddress
from crawler.http import resolver
resolver.is_public = lambda address: ipaddress.ip_address(address) == ipaddress.ip_address("127.0.0.1")
""" + RESOLVING.format(names={"papers.vn": "127.0.0.1", "inside.papers.vn": "127.0.0.2"})
    with raw_server({}) as server:
        for number, host in enumerate(("127.0.0.2", "inside.papers.vn")):
            location = f"Location: http://{host}:{server.port}/secret"
            server.answers[f"/{number}"] = [html("", location, status="302 Found")]
        asks = [f"http://papers.vn:{server.port}/{number}" for number in range(2)]
        report = ask(tmp_path, *asks, settings={"ROBOTSTXT_OBEY": False},
                     script=SCRIPT.replace("process.start()", change))  # fmt: skip
    assert sorted(path for path, _ in server.received) == ["/0", "/1"]
    assert report["counts"]["private addresses refused"] == 2


def test_an_operator_may_allow_them(tmp_path: Path) -> None:
    with raw_server({"/a": [html("an intranet's page")]}) as server:
        done = baotinh(
            "capture", f"http://127.0.0.1:{server.port}/a", "--collection", tmp_path, "--contact", "a@example.org",
            BAOTINH_PRIVATE_ADDRESSES="1",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [path for path, _ in server.received] == ["/robots.txt", "/a"]
