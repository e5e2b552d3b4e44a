"""`baotinh extract` and `baotinh explain`, as other programs and people call them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.crawling import baotinh

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "newspapers" / "baocantho" / "2026-01-08"


def asked(*lines: object) -> list[dict[str, Any]]:
    given = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "extract", "--jsonl"],
        input=given,
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
        cwd=ROOT,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_line_is_answered_in_order_by_rules_or_without() -> None:
    expected = json.loads((GOLDEN / "expected.json").read_text("utf-8"))
    page = (GOLDEN / "page.html").read_text("utf-8")
    by_rules, without, rotten, empty = asked(
        {"id": "a", "url": expected["url"], "html": page},
        {"id": "b", "url": "https://khac.test/x.html", "html": page},
        "no JSON at all",
        {"id": "d", "url": None, "html": ""},
    )
    assert [one["id"] for one in (by_rules, without, rotten, empty)] == ["a", "b", None, "d"]
    for answer in (by_rules, without):
        assert answer["title"] == expected["title"] and answer["published_at"] == expected["published_at"]
        assert answer["authors"] == expected["authors"] and not answer["missing"]
        assert answer["body"][0] == expected["body"][0]["text"]
    assert by_rules["images"][0]["url"] == expected["images"][0]["url"]
    assert "error" in rotten and set(empty["missing"]) == {"title", "published_at", "body"}


def test_a_line_whose_address_cannot_be_parsed_does_not_end_the_reading_of_others() -> None:
    wrong, right = asked(
        {"id": 1, "url": "http://[::1", "html": "<h1>x"}, {"id": 2, "url": "https://x.test/", "html": ""}
    )
    assert "Invalid IPv6 URL" in wrong["error"] and right["id"] == 2


def test_an_answer_comes_before_the_next_line_is_asked() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "extract", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        for number in range(2):
            process.stdin.write(json.dumps({"id": number, "url": "https://x.test/", "html": "<p>a"}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(120) == 0


def test_extract_says_what_it_needs() -> None:
    done = baotinh("extract")
    assert done.returncode == 2 and "--jsonl" in done.stderr


def test_explain_shows_who_stood_and_who_won() -> None:
    url = json.loads((GOLDEN / "expected.json").read_text("utf-8"))["url"]
    done = baotinh("explain", GOLDEN / "page.html", "--url", url)
    assert done.returncode == 0, done.stderr
    for said in (
        "by the rules of a declared newspaper",
        "title",
        "✓",
        "json-ld",
        "h1.margintopbot10",
        "paragraph",
    ):
        assert said in done.stdout


def test_explain_of_what_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    done = baotinh("explain", tmp_path / "none.html")
    assert done.returncode == 2 and "there is no such file" in done.stderr
