"""What comes from the network controls no terminal and no log, and JSON of it is read back as it was."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text

from archive.article import Block
from archive.cli.terminal import Console
from archive.printable import MOST_MARKS, few_marks, json_text, printable, without_controls
from archive.printable_logs import PrintableLines

# Every character that is a control, a format sign of direction, a line end of Unicode's or half a pair.
HOSTILE = [
    chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, 0x2028, 0x2029, 0xD800, 0xDFFF)
]
HOSTILE += [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
LAID_OUT = "\t\n"


def controls(text: str) -> set[str]:
    """The characters of a text that a terminal would obey or be misled by."""
    bidirectional = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return {
        sign for sign in text
        if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(sign) in bidirectional
    } - set(LAID_OUT)  # fmt: skip


@given(st.text(st.one_of(st.sampled_from(HOSTILE), st.characters())))
def test_printable_leaves_only_what_is_shown(text: str) -> None:
    shown = printable(text)
    assert not controls(shown) and len(shown) == len(text)
    assert all(
        was == now or was in HOSTILE or unicodedata.category(was) == "Cs" for was, now in zip(text, shown, strict=True)
    )


@given(st.text(st.one_of(st.sampled_from(HOSTILE), st.characters(exclude_categories=["Cs"]))))
def test_json_is_escaped_and_means_the_same(text: str) -> None:
    line = json_text({"title": [text]})
    assert not controls(line) and "\n" not in line and json.loads(line) == {"title": [text]}


def test_values_lose_their_controls_at_every_depth() -> None:
    block = Block(type="paragraph", text="Chợ\x1b[2J phiên\x9b31m\nhọp sớm")
    assert without_controls({"body": (block,), "lead": None, "n": 3}) == {
        "body": (Block(type="paragraph", text="Chợ[2J phiên31m\nhọp sớm"),), "lead": None, "n": 3,
    }  # fmt: skip


def test_the_console_prints_neither_controls_nor_markup() -> None:
    hostile = "[red]Mùa[/red] nước\x1b]0;nắm quyền\x07 nổi\x9b2J\u202egnol"
    table = Table("tên", title=hostile)
    table.add_row(hostile)
    console = Console(file=io.StringIO())
    console.print(hostile, Text(hostile, style="bold"), table)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert not controls(said) and said.count("[red]Mùa[/red] nước") == 4


def test_lines_of_a_pipe_are_never_broken() -> None:
    console, words = Console(file=io.StringIO()), " ".join(["đồng bằng sông Cửu Long"] * 200)
    table = Table("tên", show_edge=False)
    table.add_row(words)
    console.print(words, table)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert said.splitlines()[0] == words and words in said.splitlines()[-1]


def test_a_log_entry_cannot_feign_another() -> None:
    record = logging.LogRecord("web", logging.WARNING, "", 0, "%s failed", ("http://a.test/\x1b[2J\n2026 ERROR",), None)
    assert PrintableLines(logging.Formatter("%(levelname)s %(message)s")).format(record) == (
        "WARNING http://a.test/\ufffd[2J\n    2026 ERROR failed"
    )


UNCAUGHT = """
import logging, threading
from archive.printable_logs import print_errors_printable
print_errors_printable()
def fail():
    raise ValueError("luồng \x1b[2J\x9b5m")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
try:
    fail()
except ValueError:
    logging.getLogger("web").exception("trang %s", "\x1b]0;x\x07")
fail()
"""


def test_uncaught_errors_and_unhandled_log_entries_are_printed_without_controls() -> None:
    done = subprocess.run([sys.executable, "-c", UNCAUGHT], capture_output=True, check=False, timeout=60)
    said = done.stderr.decode()
    assert done.returncode == 1 and not controls(said)
    assert said.count("ValueError: luồng \ufffd[2J\ufffd5m") == 3 and "trang \ufffd]0;x\ufffd" in said


MARKS = ("\u0301", "\u0323", "\u0302", "\u20dd", "\u0e49", "\u1abe", "\ufe20", "\u05b0")


@given(st.text(st.sampled_from(("a", "ế", " ", ".", "…", "\u200d", "ไ", *MARKS * 3))))
def test_no_letter_is_shown_with_many_marks(text: str) -> None:
    shown = few_marks(text)
    count = 0
    for sign in unicodedata.normalize("NFD", shown):
        kind = unicodedata.category(sign)
        count = count + 1 if kind in ("Mn", "Me") else count if kind == "Cf" else 0
        assert count <= MOST_MARKS
    assert [one for one in shown if one not in MARKS] == [one for one in text if one not in MARKS]


@given(st.text(st.characters(exclude_categories=["Mn", "Me", "Cs"])))
def test_text_without_marks_is_shown_as_it_is(text: str) -> None:
    assert few_marks(text) == text


def test_vietnamese_and_other_scripts_keep_their_marks() -> None:
    for text in ("Tiếng Việt: Thuở ấy, Đặng Huy Trứ…", "ที่นี่", "שָׁלוֹם", "👩🏽\u200d❤️\u200d👨🏻 🇻🇳"):
        for form in ("NFC", "NFD"):
            assert few_marks(unicodedata.normalize(form, text)) == unicodedata.normalize(form, text)
