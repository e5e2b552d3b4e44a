"""Nothing leaves the browser by itself: every way out of a page is tried against servers that count."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from support import drawn_paper
from support.browsing import NEEDS_CHROMIUM
from support.crawling import baotinh
from support.raw_server import asked, raw_server
from support.small_paper import answer
from support.worker_processes import wait_until

from archive.warc.reader import read_records

pytestmark = NEEDS_CHROMIUM

# `there` stands for the address and port of the servers that count.
WAYS = """
const there = "127.0.0.1:PORT", tried = [];
const way = (name, go) => { try { go(); tried.push(name) } catch (error) { tried.push(name + "!") } };
way("fetch", () => fetch(`http://${there}/fetch`, { mode: "no-cors" }).catch(() => 0));
way("named", () => fetch("http://localhost:PORT/named", { mode: "no-cors" }).catch(() => 0));
way("xhr", () => { const x = new XMLHttpRequest(); x.open("POST", `http://${there}/xhr`); x.send("x") });
way("beacon", () => navigator.sendBeacon(`http://${there}/beacon`, "x"));
way("socket", () => new WebSocket(`ws://${there}/socket`));
way("events", () => new EventSource(`http://${there}/events`));
way("transport", () => new WebTransport(`https://${there}/transport`).ready.catch(() => 0));
way("worker", () => new Worker(URL.createObjectURL(new Blob([
  `fetch("http://${there}/worker", { mode: "no-cors" }).catch(() => 0); new WebSocket("ws://${there}/w")`]))));
way("shared", () => new SharedWorker(URL.createObjectURL(new Blob([
  `fetch("http://${there}/shared", { mode: "no-cors" }).catch(() => 0)`]))));
way("service", () => navigator.serviceWorker?.register("/app.js"));
way("picture", () => { new Image().src = `http://${there}/picture.png` });
way("video", () => { const v = document.createElement("video"); v.src = `http://${there}/v`; v.play().catch(() => 0) });
way("frame", () => document.body.insertAdjacentHTML("beforeend", `<iframe src="http://${there}/frame"></iframe>`));
way("inner", () => document.body.insertAdjacentHTML("beforeend",
  `<iframe srcdoc="<script>fetch('http://${there}/inner')</` + `script>"></iframe>`));
way("window", () => window.open(`http://${there}/window`));
const link = (more) => Object.assign(document.createElement("a"), { href: `http://${there}/link` }, more).click();
way("blank", () => link({ target: "_blank" }));
way("download", () => link({ download: "d" }));
way("ping", () => link({ href: "#x", ping: `http://${there}/ping` }));
for (const rel of ["dns-prefetch", "preconnect", "prefetch", "prerender", "modulepreload", "manifest", "icon"])
  way(rel, () => document.head.insertAdjacentHTML("beforeend", `<link rel="${rel}" href="http://${there}/${rel}">`));
way("rules", () => { const s = document.createElement("script"); s.type = "speculationrules";
  s.textContent = JSON.stringify({ prerender: [{ urls: [`http://${there}/rules`] }] }); document.head.append(s) });
way("rtc", () => { const c = new RTCPeerConnection({ iceServers: [{ urls: `stun:${there}` },
  { urls: `turn:${there}?transport=tcp`, username: "a", credential: "b" }], iceCandidatePoolSize: 2 });
  c.createDataChannel("x"); c.createOffer().then((o) => c.setLocalDescription(o)) });
way("form", () => { const f = document.createElement("form"); f.action = `http://${there}/form`; f.method = "POST";
  document.body.append(f); f.submit() });
way("away", () => { location.href = `http://${there}/away` });
document.body.insertAdjacentHTML("beforeend", `<p id="tried">${tried.join(" ")}</p>`);
"""


@attrs.define
class Counting:
    port: int
    connections: int = 0
    packets: int = 0


@pytest.fixture
def counting() -> Iterator[Counting]:
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        found = Counting(tcp.getsockname()[1])
        udp.bind(("127.0.0.1", found.port))

        def count_connections() -> None:
            while True:
                try:
                    tcp.accept()[0].close()
                except OSError:
                    return
                found.connections += 1

        def count_packets() -> None:
            while True:
                try:
                    udp.recv(65536)
                except OSError:
                    return
                found.packets += 1

        for count in (count_connections, count_packets):
            threading.Thread(target=count, daemon=True).start()
        yield found
        tcp.shutdown(socket.SHUT_RDWR)


def test_no_page_reaches_the_network_in_any_way(tmp_path: Path, counting: Counting) -> None:
    ways = WAYS.replace("PORT", str(counting.port))
    with socket.create_connection(("127.0.0.1", counting.port)):  # they do count
        pass
    with socket.socket(type=socket.SOCK_DGRAM) as sending:
        sending.sendto(b"x", ("127.0.0.1", counting.port))
    wait_until(lambda: (counting.connections, counting.packets) == (1, 1))
    served = drawn_paper.pages(1)
    served["/app.js"] = answer(drawn_paper.SCRIPT + f"setTimeout(() => {{{ways}}}, 50)", kind="text/javascript")
    with raw_server(served) as server:
        done = baotinh(
            "crawl", drawn_paper.declare(tmp_path), "--loopback", f"127.0.0.1:{server.port}",
            "--collection", tmp_path / "c",
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert (counting.connections, counting.packets) == (1, 1)
        # what the page may have is what the crawl asked for
        assert set(asked(server)) <= {*served, "/robots.txt"}
    doms = [record.block.decode() for path in (tmp_path / "c" / "warc").iterdir() for record in read_records(path)
            if record.type == "resource" and "article" in record.block.decode()]  # fmt: skip
    (tried,) = re.findall('<p id="tried">(.*?)</p>', doms[0])
    assert len(tried.split()) == 29 and [way for way in tried.split() if "!" in way] in ([], ["transport!"])
    (path,) = (tmp_path / "c" / "jsonl").iterdir()
    (line,) = path.read_text("utf-8").splitlines()
    assert json.loads(line)["title"] == drawn_paper.truth(0)["title"]
    assert "127.0.0.1" in done.stdout and "other host" in done.stdout and "navigation" in done.stdout
